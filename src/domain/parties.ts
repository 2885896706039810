import type { CommandContext } from "./command.ts";
import type { Party } from "./duties.ts";
import type { Approval, Decision, Gate, Review } from "./state.ts";

export function partyIn({ actor, delegate }: CommandContext): Party {
  return { actor, delegate };
}

export function approverOf({ approver, delegate }: Approval): Party {
  return { actor: approver, delegate };
}

export function requesterOf({ requester, requesterDelegate }: Decision): Party {
  return { actor: requester, delegate: requesterDelegate };
}

export function executorOf({ executor, executorDelegate }: Gate): Party {
  return { actor: executor, delegate: executorDelegate };
}

export function reviewerOf({ reviewer, delegate }: Review): Party {
  return { actor: reviewer, delegate };
}
