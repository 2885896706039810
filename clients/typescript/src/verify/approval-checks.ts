import { type Approval, groupsOf, ineligible, stands } from "./approval.js";
import { type Finding, fail, notChecked, same, unless } from "./finding.js";
import type { Gate } from "./gate.js";
import type { History } from "./history.js";
import { quorumProblem } from "./quorum.js";
import { raised } from "./raise.js";

export function requestDigest({ history, requestDigest }: Gate): Finding {
  const other = history.approvals.find(({ event }) => event.body.value.requestDigest !== requestDigest);
  return other === undefined
    ? unless()
    : same(`requestDigest of event ${other.event.place}`, requestDigest, other.event.body.value.requestDigest);
}

export function approvalsValid({ approvals, attached, created }: History): Finding {
  const { policy: own = {}, guardrails = [] } = attached?.body.value ?? {};
  const policy = raised(own, guardrails);
  const earlier = new Map<string, Approval[]>();
  return unless(
    ...approvals.map((approval) => {
      const { place, actor, occurredAt } = approval.event;
      const own = earlier.get(actor.id) ?? [];
      const isSecond = own.some(
        (each) => each.event.body.value.signature === undefined && stands(each, place, occurredAt),
      );
      own.push(approval);
      earlier.set(actor.id, own);
      if (occurredAt >= approval.expiresAt) return `event ${place}: the approval had expired when it was given`;
      const why = ineligible(approval, policy, created.actor.id);
      if (why !== "") return `event ${place}: the policy does not allow the approval: ${why}`;
      return isSecond ? `event ${place}: an earlier approval of the same actor stood` : "";
    }),
  );
}

export function approvalsReliedOn({ given, counting }: Gate): Finding {
  const expected = counting.map(({ event }) => event.digest);
  return same("approvalDigests", JSON.stringify(expected), JSON.stringify(given.approvalDigests ?? []));
}

export function quorumAtGate({ given, raised, counting }: Gate): Finding {
  const problem = quorumProblem(raised, counting.map(groupsOf));
  const { breakGlass } = given;
  if (problem === "" || breakGlass === undefined) return unless(problem);
  const { minApprovals = 0 } = breakGlass;
  return counting.length < minApprovals
    ? fail(`by break-glass: ${counting.length} approvals counted, and ${minApprovals} were needed`)
    : notChecked(`the gate was passed by break-glass: ${problem}`);
}
