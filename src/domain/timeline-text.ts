import type { DecisionEvent, Overruled, PolicyAttached } from "./event.ts";
import type { Quorum } from "./quorum.ts";
import type { TimelineEntry } from "./timeline-entry.ts";

/** The words of an event's timeline entry, given how far the quorum is after it, where that matters. */
export function describeEvent(
  { actor, body }: DecisionEvent,
  judged: Quorum | undefined,
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
        summary: `${who} attached a policy${body.template === undefined ? "" : ` from template ${body.template.name}`}: ${counted(body.policy.minApprovals, "approval")}, ${body.policy.allowedModes.join(" or ")}${under(body)}.`,
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
    case "EXECUTION_REQUESTED": {
      const { breakGlass, approvalDigests } = body;
      const relied = `${body.mode} on ${body.adapterId}, relying on ${counted(approvalDigests.length, "approval")}`;
      return {
        category: "EXECUTION",
        label: breakGlass === undefined ? "Execution requested" : "Break-glass",
        summary:
          breakGlass === undefined
            ? `${who} passed the gate: ${relied}.`
            : `${who} broke the glass: ${relied}, without the quorum${words(breakGlass.reason)}`,
      };
    }
    case "EXECUTION_REVIEWED":
      return {
        category: "APPROVAL",
        label: "Reviewed",
        summary: `${who} found it ${body.verdict === "JUSTIFIED" ? "justified" : "unjustified"}${words(body.comment)}`,
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
        summary: stated("it completed") ?? `${counted(body.stepsExecuted, "step")} executed${ofRun(body.runId)}.`,
      };
    case "EXECUTION_FAILED":
      return {
        category: "EXECUTION",
        label: "Execution failed",
        summary: stated("it failed") ?? `${body.code}${ofRun(body.runId)}: ${firstLine(body.message)}`,
      };
    case "EXECUTION_OUTCOME_UNKNOWN":
      return {
        category: "EXECUTION",
        label: "Outcome unknown",
        summary: stated("nobody can say how it ended") ?? `${firstLine(body.reason)}${ofRun(body.runId)}`,
      };
    case "DECISION_REJECTED":
      return { category: "APPROVAL", label: "Rejected", summary: `${who} rejected it${words(body.reason)}` };
    case "DECISION_CANCELLED":
      return { category: "REQUEST", label: "Cancelled", summary: `${who} cancelled it${words(body.reason)}` };
  }

  function standing(): string {
    return judged === undefined ? "" : ` (${judged.have} of ${judged.required})`;
  }

  /** An operator's word, as such; undefined if it is the router's. */
  function stated(what: string): string | undefined {
    const settlement = "settlement" in body ? body.settlement : undefined;
    if (settlement?.basis !== "OPERATOR_STATEMENT") return undefined;
    const against = settlement.overruled === undefined ? "" : `, ${AGAINST[settlement.overruled]}`;
    return `${who} states that ${what}${against}${words(settlement.reason)}`;
  }

  function ofRun(runId: string): string {
    const asked = "settlement" in body && body.settlement !== undefined ? ", as the router answered when asked" : "";
    return runId === "" ? asked : ` in run ${runId}${asked}`;
  }
}

const AGAINST: { readonly [What in Overruled]: string } = {
  RUNNING: "although the router said that the run was at work",
  SUCCEEDED: "although the router said that the run had succeeded",
  FAILED: "although the router said that the run had failed",
  NOT_ASKED: "where the router could not be asked",
};

function under({ guardrails = [] }: PolicyAttached): string {
  if (guardrails.length === 0) return "";
  return `, under ${guardrails.map(({ guardrail }) => guardrail.name).join(", ")}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function words(text: string): string {
  return text === "" ? "." : `: ${firstLine(text)}`;
}

/** The first line, cut to what fits on one. */
function firstLine(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0] ?? "";
  return line.length > 160 || line.length < text.length ? `${line.slice(0, 160)}…` : line;
}
