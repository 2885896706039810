import type { ForeignBody, ForeignEvent, ForeignPolicy } from "./foreign-event.ts";
import { ForeignProblem } from "./foreign-problem.ts";
import type { PythonStatus } from "./python-format.ts";
import { contentDigest } from "./python-json.ts";
import type { Microseconds } from "./python-time.ts";
import { expectSame } from "./shape.ts";

type Body<Type extends ForeignBody["type"]> = Extract<ForeignBody, { readonly type: Type }>;

/** A decision as the original replays it. */
export interface ForeignDecision {
  readonly created: Body<"DECISION_CREATED">;
  readonly policy: Body<"POLICY_ATTACHED"> | undefined;
  /** Every execution, in order. The original keeps nobody from asking for another one. */
  readonly executions: readonly ForeignExecution[];
  /** States that it may have been in when it was exported: an approval may have expired by then. */
  readonly statuses: readonly PythonStatus[];
  /** Approvals of the requester that counted at a gate. */
  readonly selfApprovals: number;
}

export interface ForeignExecution {
  readonly requested: Body<"EXECUTION_REQUESTED">;
  started: Body<"EXECUTION_STARTED"> | undefined;
  ended: Body<"EXECUTION_COMPLETED"> | Body<"EXECUTION_FAILED"> | undefined;
}

interface Approval {
  readonly approver: string;
  readonly expiresAt: Microseconds | undefined;
}

/**
 * Replays a log and asks whether the original's commands can have written it, by the times within it.
 *
 * @param isOurs whether the log was made of one of ours: then the router's request is another than the original would have put together.
 * @throws {ForeignProblem} that names the event that cannot follow.
 */
export function replayForeign(events: readonly ForeignEvent[], isOurs: boolean): ForeignDecision {
  const [first] = events;
  if (first?.body.type !== "DECISION_CREATED") throw new ForeignProblem("events[0] is not DECISION_CREATED.");
  const created = first.body;
  let policy: Body<"POLICY_ATTACHED"> | undefined;
  /** Those that were not revoked, by the approver's id; a later one takes the place of the one before. */
  const approvals = new Map<string, Approval>();
  const executions: ForeignExecution[] = [];
  let settled: "open" | "EXECUTING" | "COMPLETED" | "FAILED" = "open";
  let selfApprovals = 0;

  for (const event of events.slice(1)) apply(event);
  return { created, policy, executions, statuses: statuses(), selfApprovals };

  function apply({ seq, at, actor, body }: ForeignEvent): void {
    const where = `events[${seq}] (${body.type})`;
    const last = executions.at(-1);
    const isUnderWay = last !== undefined && last.ended === undefined;
    switch (body.type) {
      case "DECISION_CREATED":
        throw new ForeignProblem(`${where}: a decision is created once.`);
      case "POLICY_ATTACHED":
        if (policy !== undefined) throw new ForeignProblem(`${where}: a policy attaches once.`);
        policy = body;
        return;
      case "APPROVAL_GRANTED": {
        attached(where);
        if (settled !== "open") throw new ForeignProblem(`${where}: the execution has started.`);
        const earlier = approvals.get(actor.id);
        if (earlier !== undefined && stands(earlier, at))
          throw new ForeignProblem(`${where}: an approval of the same actor stands already.`);
        approvals.set(actor.id, { approver: actor.id, expiresAt: body.expiresAt });
        return;
      }
      case "APPROVAL_REVOKED":
        if (settled === "EXECUTING" || settled === "COMPLETED")
          throw new ForeignProblem(`${where}: the execution has started.`);
        if (!approvals.delete(actor.id)) throw new ForeignProblem(`${where}: the actor has no approval to revoke.`);
        return;
      case "EXECUTION_REQUESTED":
        if (isUnderWay) throw new ForeignProblem(`${where}: another execution is under way.`);
        judgeGate(where, attached(where), body, at);
        executions.push({ requested: body, started: undefined, ended: undefined });
        return;
      case "EXECUTION_STARTED":
        if (!isUnderWay || last.started !== undefined)
          throw new ForeignProblem(`${where}: no execution was requested that could start.`);
        if (!isOurs)
          expectSame(
            requestDigest(created, attached(where), last),
            body.requestDigest,
            `${where}: router_request_digest`,
          );
        last.started = body;
        settled = "EXECUTING";
        return;
      case "EXECUTION_COMPLETED":
        if (!isUnderWay || last.started === undefined)
          throw new ForeignProblem(`${where}: no execution has started that could complete.`);
        last.ended = body;
        settled = "COMPLETED";
        return;
      case "EXECUTION_FAILED":
        if (!isUnderWay) throw new ForeignProblem(`${where}: no execution was requested that could fail.`);
        last.ended = body;
        settled = "FAILED";
        return;
    }
  }

  function attached(where: string): ForeignPolicy {
    if (policy === undefined) throw new ForeignProblem(`${where}: no policy is attached.`);
    return policy.policy;
  }

  function judgeGate(
    where: string,
    { minApprovals, allowedModes }: ForeignPolicy,
    body: Body<"EXECUTION_REQUESTED">,
    at: Microseconds,
  ) {
    const mode = body.dryRun ? "dry_run" : "apply";
    if (!allowedModes.includes(mode)) throw new ForeignProblem(`${where}: the policy does not allow ${mode}.`);
    const counting = [...approvals.values()].filter((approval) => stands(approval, at));
    if (counting.length < minApprovals)
      throw new ForeignProblem(`${where}: ${counting.length} approvals stood, the policy asks for ${minApprovals}.`);
    selfApprovals += counting.filter(({ approver }) => approver === first?.actor.id).length;
  }

  function statuses(): readonly PythonStatus[] {
    if (settled !== "open") return [settled];
    if (policy === undefined) return ["DRAFT"];
    const { minApprovals } = policy.policy;
    const now = events.at(-1)?.at ?? 0n;
    const standing = [...approvals.values()].filter((approval) => stands(approval, now));
    const lasting = standing.filter(({ expiresAt }) => expiresAt === undefined);
    if (standing.length < minApprovals) return ["PENDING_APPROVAL"];
    return lasting.length < minApprovals ? ["APPROVED", "PENDING_APPROVAL"] : ["APPROVED"];
  }
}

function stands({ expiresAt }: Approval, at: Microseconds): boolean {
  return expiresAt === undefined || expiresAt > at;
}

/** The digest of what the original asks its router, all of which follows from the log. */
function requestDigest(
  { goal, plan }: Body<"DECISION_CREATED">,
  { maxSteps, capabilities }: ForeignPolicy,
  { requested }: ForeignExecution,
): string {
  return contentDigest({
    goal,
    adapter_id: requested.adapterId,
    dry_run: requested.dryRun,
    ...(plan !== undefined && { plan }),
    ...(maxSteps !== undefined && { max_steps: maxSteps }),
    ...(capabilities.length > 0 && { require_capabilities: capabilities }),
  });
}
