import type { Actor } from "../domain/actor.ts";
import type { DecisionEvent, EventBody } from "../domain/event.ts";
import type { Policy, TemplateUse } from "../domain/policy.ts";
import type { Label, Mode, Plan } from "../domain/request.ts";
import { type Decision, gateOf } from "../domain/state.ts";
import { type JsonMembers, ORIGIN_FIELD } from "./python-format.ts";
import { bare, contentDigest, pythonJsonOf } from "./python-json.ts";
import { toPythonTime } from "./python-time.ts";

/**
 * An event of ours in the original's form. What its fields cannot say is in the payload all the same, as the stored form of our event.
 *
 * @param text the stored form.
 * @throws {TypeError} for an event that the original has no type for: see problemsOf.
 */
export function toPythonEvent(event: DecisionEvent, text: string, decision: Decision): JsonMembers {
  const payload = { ...payloadOf(event.body, decision), [ORIGIN_FIELD]: text };
  const { type } = event.body;
  return {
    event_id: eventIdOf(event.decisionId, event.seq),
    decision_id: event.decisionId,
    seq: event.seq,
    type,
    payload,
    ts: toPythonTime(event.occurredAt),
    actor: toPythonActor(event.actor),
    digest: contentDigest({ event_type: type, payload }),
  };
}

/** The original does not store an event's id: it follows from where the event stands. */
export function eventIdOf(decisionId: string, seq: number): string {
  return `evt_${decisionId}_${seq}`;
}

function payloadOf(body: EventBody, decision: Decision): JsonMembers {
  switch (body.type) {
    case "DECISION_CREATED":
      return {
        goal: body.goal,
        plan: body.plan === undefined ? null : planText(body.plan),
        requested_mode: toPythonMode(body.mode),
        labels: body.labels.map(toPythonLabel),
      };
    case "POLICY_ATTACHED":
      return { ...toPythonPolicy(body.policy), ...(body.template && toPythonTemplate(body.template, body.policy)) };
    case "APPROVAL_GRANTED":
      return {
        expires_at: body.expiresAt === undefined ? null : toPythonTime(body.expiresAt),
        ...(body.comment === "" ? {} : { comment: body.comment }),
      };
    case "APPROVAL_REVOKED":
      return { reason: body.reason };
    case "EXECUTION_REQUESTED":
      return { adapter_id: body.adapterId, dry_run: body.mode === "DRY_RUN" };
    case "EXECUTION_STARTED":
      return { router_request_digest: bare(gateOf(decision.phase)?.gate.routerRequestDigest ?? "") };
    case "EXECUTION_COMPLETED":
      return { run_id: body.runId, response_digest: bare(body.routerDigest), steps_executed: body.stepsExecuted };
    case "EXECUTION_FAILED":
      return {
        error_code: body.code,
        error_message: body.message,
        run_id: body.runId === "" ? null : body.runId,
      };
    case "DECISION_REJECTED":
    case "DECISION_CANCELLED":
    case "EXECUTION_OUTCOME_UNKNOWN":
    case "EXECUTION_REVIEWED":
      throw new TypeError(`the original has no event ${body.type}`);
  }
}

function toPythonActor({ type, id }: Actor): JsonMembers {
  return { type: type === "HUMAN" ? "human" : "system", id };
}

export function toPythonMode(mode: Mode): string {
  return mode === "DRY_RUN" ? "dry_run" : "apply";
}

/** A key holds no "=", so nothing is lost. */
function toPythonLabel({ key, value }: Label): string {
  return `${key}=${value}`;
}

/** The original's plan is a text: ours as its canonical JSON. */
function planText({ steps }: Plan): string {
  return pythonJsonOf({
    steps: steps.map(({ stepId, intent, call: { tool, method, argumentsJson } }) => ({
      step_id: stepId,
      ...(intent === "" ? {} : { intent }),
      call: { tool, method, ...(argumentsJson === "" ? {} : { arguments_json: argumentsJson }) },
    })),
  });
}

function toPythonPolicy(policy: Policy): JsonMembers {
  return {
    min_approvals: policy.minApprovals,
    allowed_modes: policy.allowedModes.map(toPythonMode),
    require_adapter_capabilities: policy.requireAdapterCapabilities,
    max_steps: policy.maxSteps === 0 ? null : policy.maxSteps,
    labels: policy.labels.map(toPythonLabel),
  };
}

/** There an override replaces the template's value, here it may add to it: so the original gets the value in force. */
function toPythonTemplate({ name, digest, templatePolicy }: TemplateUse, policy: Policy): JsonMembers {
  const before = toPythonPolicy(templatePolicy);
  const inForce = toPythonPolicy(policy);
  const isOther = ([field, value]: [string, unknown]) => JSON.stringify(before[field]) !== JSON.stringify(value);
  return {
    template_name: name,
    template_snapshot: { template_name: name, template_description: "", ...before },
    template_digest: bare(digest),
    overrides_applied: Object.fromEntries(Object.entries(inForce).filter(isOther)),
  };
}
