import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { type DecisionService, StatedOutcome } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import type { AdapterViews } from "../app/adapter-view.ts";
import type { ApproverKeys } from "../app/approver-keys.ts";
import type { ExecuteDecision } from "../app/execute-decision.ts";
import type { FindTemplates } from "../app/find-templates.ts";
import type { HandleCommand, Handled } from "../app/handle-command.ts";
import type { HouseRules } from "../app/house-rules.ts";
import { consistencyToken } from "../app/list-decisions.ts";
import type { SettleExecution } from "../app/settle-execution.ts";
import { toWireExecution, toWireRecordedEvent } from "../codec/decision.ts";
import { fromWireEnvelope } from "../codec/dsse-envelope.ts";
import { nameOf, REVIEW_VERDICTS } from "../codec/enums.ts";
import { fromWireCreated } from "../codec/event-body.ts";
import { toWireLifecycle } from "../codec/lifecycle.ts";
import { fromTimestamp } from "../codec/timestamp.ts";
import type { Command } from "../domain/command.ts";
import type { DecisionId, Digest } from "../domain/ids.ts";
import { KEYS_SET_ASIDE, KEYS_UNKNOWN } from "../domain/key-view.ts";
import { lifecycle } from "../domain/lifecycle.ts";
import type { Decision } from "../domain/state.ts";
import { timelineOf } from "../domain/timeline.ts";
import { decisionIdOf } from "../evidence/decision-id.ts";
import { DIGESTS } from "../evidence/digests.ts";
import { callerOf } from "./caller-of.ts";
import { DEFAULT_TIMELINE, decisionMessage } from "./decision-message.ts";
import { rpcError } from "./errors.ts";
import { policySourceOf } from "./policy-source.ts";
import { assertSaysWhy } from "./stated-reason.ts";
import { visibleTemplates } from "./visible-templates.ts";

/** The RPCs that write. Each turns its request into a command, hands it on, and says what was written and where the decision stood right after. */
export function createDecisionCommands(app: {
  readonly handle: HandleCommand;
  readonly execute: ExecuteDecision;
  readonly settle: SettleExecution;
  readonly adapters: AdapterViews;
  readonly findTemplates: FindTemplates;
  readonly approverKeys: ApproverKeys;
  readonly houseRules: HouseRules;
  /** A random request id for callers that give none. */
  readonly newRequestId: () => string;
}) {
  return {
    async createDecision(request, context) {
      const caller = callerOf(request, context, app.newRequestId);
      const decisionId = decisionIdOf(caller.actor, caller.requestId);
      const policy = policySourceOf(request);
      const command = { type: "CREATE_DECISION", created: fromWireCreated(request), policy } as const;
      const { signal } = context;
      const findTemplates = visibleTemplates(app.findTemplates, context);
      const { decision, written } = await app.handle(caller, decisionId, command, { signal, findTemplates });
      const judged = await judgeAfter(decision);
      const keys = KEYS_SET_ASIDE;
      const timeline = timelineOf(written, judged.evaluatedAt, keys);
      return {
        decision: decisionMessage({ decision, lifecycle: judged, keys, timeline }, DEFAULT_TIMELINE),
        consistencyToken: consistencyToken(decisionId, decision.head.seq),
      };
    },

    async attachPolicy(request, context) {
      const policy = policySourceOf(request);
      if (policy === undefined) throw rpcError("INVALID_REQUEST", "policy_source: a policy is required.");
      const handled = await command(request, context, { type: "ATTACH_POLICY", policy });
      const { decisionId, created, policy: attached } = handled.decision;
      if (attached === undefined) throw new TypeError("a policy was attached");
      return { ...(await answer(handled)), requestDigest: DIGESTS.request(decisionId, created, attached) };
    },

    async grantApproval(request, context) {
      const { comment, requestDigest } = request;
      const handled = await command(request, context, {
        type: "GRANT_APPROVAL",
        comment,
        expiresAt: request.expiresAt && fromTimestamp(request.expiresAt, "expires_at"),
        shownDigest: requestDigest === "" ? undefined : (requestDigest as Digest),
        signature: request.signature && fromWireEnvelope(request.signature),
      });
      return await answer(handled);
    },

    async revokeApproval(request, context) {
      const { approverId, reason } = request;
      const handled = await command(request, context, {
        type: "REVOKE_APPROVAL",
        approverId: approverId === "" ? undefined : approverId,
        reason,
      });
      return await answer(handled);
    },

    async rejectDecision(request, context) {
      return await answer(await command(request, context, { type: "REJECT_DECISION", reason: request.reason }));
    },

    async cancelDecision(request, context) {
      return await answer(await command(request, context, { type: "CANCEL_DECISION", reason: request.reason }));
    },

    async executeDecision(request, context) {
      const adapterId = request.adapterId === "" ? undefined : request.adapterId;
      const wait = request.wait === undefined ? 0 : Number(request.wait.seconds) * 1000 + request.wait.nanos / 1e6;
      const caller = callerOf(request, context, app.newRequestId);
      const id = request.decisionId as DecisionId;
      const { breakGlassReason } = request;
      if (breakGlassReason !== "") assertSaysWhy("break_glass_reason", breakGlassReason);
      const wanted = { adapterId, breakGlassReason, wait };
      const { gate, decision } = await app.execute(caller, id, wanted, context.signal);
      return { ...(await answer({ ...gate, decision })), ...executionOf(decision) };
    },

    async reviewExecution(request, context) {
      const { comment } = request;
      const verdict = nameOf(REVIEW_VERDICTS, request.verdict, "verdict");
      return await answer(await command(request, context, { type: "REVIEW_EXECUTION", verdict, comment }));
    },

    async settleExecution(request, context) {
      if (request.resolution.case === "operatorStatement")
        assertSaysWhy("operator_statement.reason", request.resolution.value.reason);
      const by =
        request.resolution.case === "operatorStatement"
          ? {
              outcome: nameOf(StatedOutcome, request.resolution.value.outcome, "operator_statement.outcome"),
              reason: request.resolution.value.reason,
              force: request.resolution.value.force,
            }
          : "router";
      const id = request.decisionId as DecisionId;
      const handled = await app.settle(callerOf(request, context, app.newRequestId), id, by, context.signal);
      return { ...(await answer(handled)), ...executionOf(handled.decision) };
    },
  } satisfies Partial<ServiceImpl<typeof DecisionService>>;

  function command(
    request: { readonly requestId: string; readonly decisionId: string },
    context: HandlerContext,
    what: Command,
  ): Promise<Handled> {
    const { signal } = context;
    const findTemplates = visibleTemplates(app.findTemplates, context);
    return app.handle(callerOf(request, context, app.newRequestId), request.decisionId as DecisionId, what, {
      signal,
      findTemplates,
    });
  }

  async function answer({ written, decision }: Handled) {
    return {
      event: toWireRecordedEvent(written[0]),
      lifecycle: toWireLifecycle(await judgeAfter(decision)),
      consistencyToken: consistencyToken(decision.decisionId, decision.head.seq),
    };
  }

  /** Judged at the moment the last event records, so that a repeated command gets its first answer. */
  async function judgeAfter(decision: Decision) {
    const adapter = await app.adapters.soon(decision);
    // What was written is written, whether or not the registry can be read now.
    const { keys } = await app.approverKeys.viewFor(decision).catch(() => ({ keys: KEYS_UNKNOWN }));
    const { guardrails } = app.houseRules.current();
    return lifecycle(decision, decision.head.occurredAt, { adapter, keys, guardrails });
  }
}

function executionOf(decision: Decision) {
  const execution = toWireExecution(decision);
  return execution === undefined ? {} : { execution };
}
