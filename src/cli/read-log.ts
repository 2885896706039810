import { CodecError } from "../codec/codec-error.ts";
import { fromWireEvent } from "../codec/event.ts";
import { evolve, IllegalEvent } from "../domain/evolve.ts";
import type { Digest } from "../domain/ids.ts";
import type { Decision } from "../domain/state.ts";
import { BrokenLog, seal } from "../evidence/chain.ts";
import { DIGESTS } from "../evidence/digests.ts";
import { allEvents } from "./all-events.ts";
import type { Clients } from "./client.ts";
import { UsageError } from "./failure.ts";

/** A decision with a policy, as its events say it is, and the digests that follow from them. */
export interface ReadDecision {
  readonly decision: Decision;
  readonly requestDigest: Digest;
  readonly policyDigest: Digest;
}

/**
 * Reads a decision's log and works everything out anew: no digest is taken from the server, so what is shown to an approver and what they sign is the same.
 *
 * @throws {BrokenLog} if the events do not fit together as they were told.
 */
export async function readDecision(clients: Clients, decisionId: string): Promise<ReadDecision> {
  let decision: Decision | undefined;
  try {
    for (const { event } of await allEvents(clients, decisionId, 0)) {
      if (event === undefined) throw new BrokenLog("The server sent an event without content.");
      const { digest, event: read } = seal(fromWireEvent(event));
      decision = evolve(decision, { event: read, digest });
    }
  } catch (cause) {
    if (!(cause instanceof IllegalEvent || cause instanceof CodecError)) throw cause;
    throw new BrokenLog(
      `What the server says of this decision does not fit together (${cause.message}): nothing is signed.`,
      { cause },
    );
  }
  if (decision?.decisionId !== decisionId) throw new BrokenLog("The server sent the events of another decision.");
  const { created, policy } = decision;
  if (policy === undefined)
    throw new UsageError("the decision is a draft: nexus-attest attach gives it a policy to approve under");
  const requestDigest = DIGESTS.request(decision.decisionId, created, policy);
  return { decision, requestDigest, policyDigest: DIGESTS.policy(policy.policy) };
}
