import type { ServiceImpl } from "@connectrpc/connect";
import type { DecisionService } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import type { ExplainDecision } from "../app/explain-decision.ts";
import type { FindTemplates } from "../app/find-templates.ts";
import { fromWireCreated } from "../codec/event-body.ts";
import { toWireGuardrailUses } from "../codec/guardrail.ts";
import { toWireBlockingReason } from "../codec/lifecycle.ts";
import { toWirePolicy, toWireTemplateUse } from "../codec/policy.ts";
import { decisionIdOf } from "../evidence/decision-id.ts";
import { callerOf } from "./caller-of.ts";
import { rpcError } from "./errors.ts";
import { policySourceOf } from "./policy-source.ts";
import { visibleTemplates } from "./visible-templates.ts";

/** The RPC that judges a request as if it were made, and writes nothing. */
export function createDecisionExplanations(app: {
  readonly explain: ExplainDecision;
  readonly findTemplates: FindTemplates;
  /** A random request id for callers that give none. */
  readonly newRequestId: () => string;
}) {
  return {
    async explainDecision({ request }, context) {
      if (request === undefined) throw rpcError("INVALID_REQUEST", "request: what is to be explained?");
      const caller = callerOf(request, context, app.newRequestId);
      const policy = policySourceOf(request);
      const command = { type: "CREATE_DECISION", created: fromWireCreated(request), policy } as const;
      const decisionId = decisionIdOf(caller.actor, caller.requestId);
      const found = await app.explain(
        caller,
        decisionId,
        command,
        visibleTemplates(app.findTemplates, context),
        context.signal,
      );
      const { policy: attached } = found.decision;
      const { policyInForce } = found;
      return {
        ...(attached === undefined ? {} : { policy: toWirePolicy(attached.policy) }),
        ...(attached?.template === undefined ? {} : { template: toWireTemplateUse(attached.template) }),
        ...(policyInForce === undefined ? {} : { policyInForce: toWirePolicy(policyInForce) }),
        guardrails: toWireGuardrailUses(attached?.guardrails),
        blockingReasons: found.blockingReasons.map(toWireBlockingReason),
        guardrailsOfAdapters: toWireGuardrailUses(found.guardrailsOfAdapters),
      };
    },
  } satisfies Partial<ServiceImpl<typeof DecisionService>>;
}
