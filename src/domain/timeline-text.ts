import { countingApprovals } from "./approvals.ts";
import type { DecisionEvent } from "./event.ts";
import { quorum } from "./quorum.ts";
import type { Decision } from "./state.ts";
import type { TimelineEntry } from "./timeline-entry.ts";

/** The words of an event's timeline entry, given the decision after it. */
export function describeEvent(
  { actor, body, occurredAt }: DecisionEvent,
  decision: Decision,
): Pick<TimelineEntry, "category" | "label" | "summary"> {
  const who = actor.id;
  switch (body.type) {
    case "DECISION_CREATED": {
      const steps = body.plan === undefined ? "no plan" : counted(body.plan.steps.length, "step");
      const adapter = body.adapterId === "" ? "" : ` on ${body.adapterId}`;
      return {
        category: "REQUEST",
        label: "Requested",
        summary: `${who} requested ${body.mode}${adapter} (${steps}): ${firstLine(body.goal)}`,
      };
    }
    case "POLICY_ATTACHED":
      return {
        category: "POLICY",
        label: "Policy attached",
        summary: `${who} attached a policy: ${counted(body.policy.minApprovals, "approval")}, ${body.policy.allowedModes.join(" or ")}.`,
      };
    case "APPROVAL_GRANTED": {
      const until = body.expiresAt === undefined ? "" : ` until ${new Date(body.expiresAt).toISOString()}`;
      return {
        category: "APPROVAL",
        label: "Approved",
        summary: `${who} approved${until}${standing()}${words(body.comment)}`,
      };
    }
    case "APPROVAL_REVOKED": {
      const whose = body.approver.id === who ? "their own approval" : `the approval of ${body.approver.id}`;
      return {
        category: "APPROVAL",
        label: "Approval revoked",
        summary: `${who} revoked ${whose}${standing()}${words(body.reason)}`,
      };
    }
    case "EXECUTION_REQUESTED":
      return {
        category: "EXECUTION",
        label: "Execution requested",
        summary: `${who} passed the gate: ${body.mode} on ${body.adapterId}, relying on ${counted(body.approvalDigests.length, "approval")}.`,
      };
    case "EXECUTION_STARTED":
      return {
        category: "EXECUTION",
        label: "Execution started",
        summary: "The run was claimed: the point of no return.",
      };
    case "EXECUTION_COMPLETED":
      return {
        category: "EXECUTION",
        label: "Execution completed",
        summary: `${counted(body.stepsExecuted, "step")} executed${run(body.runId)}${settled()}.`,
      };
    case "EXECUTION_FAILED":
      return {
        category: "EXECUTION",
        label: "Execution failed",
        summary: `${body.code}: ${firstLine(body.message)}${run(body.runId)}${settled()}`,
      };
    case "EXECUTION_OUTCOME_UNKNOWN":
      return {
        category: "EXECUTION",
        label: "Outcome unknown",
        summary: `${firstLine(body.reason)}${run(body.runId)}${settled()}`,
      };
    case "DECISION_REJECTED":
      return { category: "APPROVAL", label: "Rejected", summary: `${who} rejected it${words(body.reason)}` };
    case "DECISION_CANCELLED":
      return { category: "REQUEST", label: "Cancelled", summary: `${who} cancelled it${words(body.reason)}` };
  }

  function standing(): string {
    const policy = decision.policy?.policy;
    if (policy === undefined) return "";
    const { have, required } = quorum(policy, countingApprovals(decision, occurredAt));
    return ` (${have} of ${required})`;
  }

  function settled(): string {
    if (!("settlement" in body) || body.settlement === undefined) return "";
    return body.settlement.basis === "ROUTER_ANSWER" ? ", as the router answered when asked" : `, as ${who} states`;
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function run(runId: string): string {
  return runId === "" ? "" : ` in run ${runId}`;
}

function words(text: string): string {
  return text === "" ? "." : `: ${firstLine(text)}`;
}

/** The first line, cut to what fits on one. */
function firstLine(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0] ?? "";
  return line.length > 160 || line.length < text.length ? `${line.slice(0, 160)}…` : line;
}
