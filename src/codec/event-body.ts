import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  DecisionCreatedSchema,
  type DecisionEventSchema,
  PolicyAttachedSchema,
  SettlementSchema,
  type DecisionCreated as WireCreated,
  type DecisionEvent as WireEvent,
  type PolicyAttached as WirePolicyAttached,
  type Settlement as WireSettlement,
} from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import type { DsseEnvelope } from "../domain/dsse-envelope.ts";
import type { DecisionCreated, EventBody, PolicyAttached, Settlement } from "../domain/event.ts";
import type { Digest } from "../domain/ids.ts";
import { fromWireActor, toWireActor } from "./actor.ts";
import { CodecError } from "./codec-error.ts";
import { fromWireEnvelope, toWireEnvelope } from "./dsse-envelope.ts";
import { MODES, nameOf, OVERRULED, REVIEW_VERDICTS, SETTLEMENT_BASES } from "./enums.ts";
import { fromWireRequested, toWireRequested } from "./gate.ts";
import { fromWireGuardrailUses, toWireGuardrailUses } from "./guardrail.ts";
import { fromWirePolicy, fromWireTemplateUse, toWirePolicy, toWireTemplateUse } from "./policy.ts";
import { fromWireLabels, fromWirePlan, toWireLabels, toWirePlan } from "./request.ts";
import { fromTimestamp, toTimestamp } from "./timestamp.ts";

type WireBody = NonNullable<MessageInitShape<typeof DecisionEventSchema>["body"]>;

export function toWireBody(body: EventBody): WireBody {
  switch (body.type) {
    case "DECISION_CREATED":
      return { case: "decisionCreated", value: toWireCreated(body) };
    case "POLICY_ATTACHED":
      return { case: "policyAttached", value: toWirePolicyAttached(body) };
    case "APPROVAL_GRANTED": {
      const { comment, requestDigest, groups, expiresAt, signature } = body;
      const expiry = expiresAt === undefined ? {} : { expiresAt: toTimestamp(expiresAt) };
      const signed = signature === undefined ? {} : { signature: toWireEnvelope(signature) };
      return { case: "approvalGranted", value: { comment, requestDigest, groups: [...groups], ...expiry, ...signed } };
    }
    case "APPROVAL_REVOKED":
      return { case: "approvalRevoked", value: { approver: toWireActor(body.approver), reason: body.reason } };
    case "EXECUTION_REQUESTED":
      return { case: "executionRequested", value: toWireRequested(body) };
    case "EXECUTION_REVIEWED": {
      const { verdict, comment, groups } = body;
      return { case: "executionReviewed", value: { verdict: REVIEW_VERDICTS[verdict], comment, groups: [...groups] } };
    }
    case "EXECUTION_STARTED":
      return { case: "executionStarted", value: { serverId: body.serverId } };
    case "EXECUTION_COMPLETED": {
      const { runId, routerDigest, routerMediaType, stepsExecuted } = body;
      return {
        case: "executionCompleted",
        value: {
          runId,
          routerDigest,
          routerMediaType,
          stepsExecuted,
          ...settlementOf(body),
          ...toWireRouterSignature(body),
        },
      };
    }
    case "EXECUTION_FAILED": {
      const { code, message, runId, routerDigest, routerMediaType, stepsExecuted } = body;
      return {
        case: "executionFailed",
        value: {
          code,
          message,
          runId,
          routerDigest,
          routerMediaType,
          stepsExecuted,
          ...settlementOf(body),
          ...toWireRouterSignature(body),
        },
      };
    }
    case "EXECUTION_OUTCOME_UNKNOWN": {
      const { reason, runId } = body;
      return { case: "executionOutcomeUnknown", value: { reason, runId, ...settlementOf(body) } };
    }
    case "DECISION_REJECTED":
      return { case: "decisionRejected", value: { reason: body.reason } };
    case "DECISION_CANCELLED":
      return { case: "decisionCancelled", value: { reason: body.reason } };
  }
}

/** @throws {CodecError} if there is no body, or it lacks something. */
export function fromWireBody(body: WireEvent["body"]): EventBody {
  switch (body.case) {
    case undefined:
      throw new CodecError("the event has no body, or one of a type that this version does not know");
    case "decisionCreated":
      return fromWireCreated(body.value);
    case "policyAttached":
      return fromWirePolicyAttached(body.value);
    case "approvalGranted": {
      const { comment, expiresAt, requestDigest, groups, signature } = body.value;
      return {
        type: "APPROVAL_GRANTED",
        comment,
        expiresAt: expiresAt === undefined ? undefined : fromTimestamp(expiresAt, "approval_granted.expires_at"),
        requestDigest: requestDigest as Digest,
        groups: [...groups],
        signature: signature === undefined ? undefined : fromWireEnvelope(signature),
      };
    }
    case "approvalRevoked":
      return {
        type: "APPROVAL_REVOKED",
        approver: fromWireActor(body.value.approver, "approval_revoked.approver"),
        reason: body.value.reason,
      };
    case "executionRequested":
      return fromWireRequested(body.value);
    case "executionReviewed": {
      const { verdict, comment, groups } = body.value;
      return {
        type: "EXECUTION_REVIEWED",
        verdict: nameOf(REVIEW_VERDICTS, verdict, "execution_reviewed.verdict"),
        comment,
        groups: [...groups],
      };
    }
    case "executionStarted":
      return { type: "EXECUTION_STARTED", serverId: body.value.serverId };
    case "executionCompleted": {
      const { runId, routerDigest, routerMediaType, stepsExecuted, settlement, routerSignature } = body.value;
      return {
        type: "EXECUTION_COMPLETED",
        runId,
        routerDigest: routerDigest as Digest | "",
        routerMediaType,
        stepsExecuted,
        settlement: fromWireSettlement(settlement),
        routerSignature: routerSignature === undefined ? undefined : fromWireEnvelope(routerSignature),
      };
    }
    case "executionFailed": {
      const { code, message, runId, routerDigest, routerMediaType, stepsExecuted, settlement, routerSignature } =
        body.value;
      return {
        type: "EXECUTION_FAILED",
        code,
        message,
        runId,
        routerDigest: routerDigest as Digest | "",
        routerMediaType,
        stepsExecuted,
        settlement: fromWireSettlement(settlement),
        routerSignature: routerSignature === undefined ? undefined : fromWireEnvelope(routerSignature),
      };
    }
    case "executionOutcomeUnknown": {
      const { reason, runId, settlement } = body.value;
      return { type: "EXECUTION_OUTCOME_UNKNOWN", reason, runId, settlement: fromWireSettlement(settlement) };
    }
    case "decisionRejected":
      return { type: "DECISION_REJECTED", reason: body.value.reason };
    case "decisionCancelled":
      return { type: "DECISION_CANCELLED", reason: body.value.reason };
  }
}

export function toWireCreated({ goal, mode, plan, adapterId, labels }: DecisionCreated): WireCreated {
  const wire = create(DecisionCreatedSchema, { goal, mode: MODES[mode], adapterId, labels: toWireLabels(labels) });
  if (plan !== undefined) wire.plan = toWirePlan(plan);
  return wire;
}

/** Also reads the fields of the same names in a CreateDecisionRequest. */
export function fromWireCreated(
  wire: Pick<WireCreated, "goal" | "mode" | "plan" | "adapterId" | "labels">,
): DecisionCreated {
  return {
    type: "DECISION_CREATED",
    goal: wire.goal,
    mode: nameOf(MODES, wire.mode, "mode"),
    plan: wire.plan === undefined ? undefined : fromWirePlan(wire.plan),
    adapterId: wire.adapterId,
    labels: fromWireLabels(wire.labels),
  };
}

export function toWirePolicyAttached({ policy, template, guardrails }: PolicyAttached): WirePolicyAttached {
  const wire = create(PolicyAttachedSchema, {
    policy: toWirePolicy(policy),
    guardrails: toWireGuardrailUses(guardrails),
  });
  if (template !== undefined) wire.template = toWireTemplateUse(template);
  return wire;
}

function fromWirePolicyAttached(wire: WirePolicyAttached): PolicyAttached {
  if (wire.policy === undefined) throw new CodecError("policy_attached.policy is missing");
  return {
    type: "POLICY_ATTACHED",
    policy: fromWirePolicy(wire.policy),
    template: wire.template === undefined ? undefined : fromWireTemplateUse(wire.template),
    ...fromWireGuardrailUses(wire.guardrails, "policy_attached.guardrails"),
  };
}

function settlementOf({ settlement }: { readonly settlement: Settlement | undefined }) {
  return settlement === undefined ? {} : { settlement: toWireSettlement(settlement) };
}

export function toWireSettlement({ basis, reason, overruled }: Settlement): WireSettlement {
  const wire = create(SettlementSchema, { basis: SETTLEMENT_BASES[basis], reason });
  if (overruled !== undefined) wire.overruled = OVERRULED[overruled];
  return wire;
}

function toWireRouterSignature({ routerSignature }: { readonly routerSignature?: DsseEnvelope | undefined }) {
  return routerSignature === undefined ? {} : { routerSignature: toWireEnvelope(routerSignature) };
}

function fromWireSettlement(wire: WireSettlement | undefined): Settlement | undefined {
  if (wire === undefined) return undefined;
  const { reason, overruled } = wire;
  const settlement: Settlement = { basis: nameOf(SETTLEMENT_BASES, wire.basis, "settlement.basis"), reason };
  if (overruled === OVERRULED.UNSPECIFIED) return settlement;
  return { ...settlement, overruled: nameOf(OVERRULED, overruled, "settlement.overruled") };
}
