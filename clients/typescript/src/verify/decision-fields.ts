import { bytes, flag, inOrderOfKey, list, message, name, number, optional, required, text, time } from "./schema.js";

// The fields of docs/audit-package.md, "Bodies and what is in them", by hand. The code that is generated from the schema is of no use here: it knows more spellings
// than evidence may have (`decision_id`, numbers as text, `null`), skips or refuses what it does not know, and forgets in which of the equal ways a value was
// written; and a verifier that shared it with the server would share its mistakes.

export const MODES = ["MODE_DRY_RUN", "MODE_APPLY"] as const;
const MODE = name(...MODES);

export const ACTOR = message({
  type: required(name("ACTOR_TYPE_HUMAN", "ACTOR_TYPE_SYSTEM")),
  id: required(text),
});

export const LABEL = message({ key: text, value: text });

const PLAN = message({
  steps: list(
    message({
      stepId: text,
      intent: text,
      call: required(message({ tool: text, method: text, argumentsJson: text })),
    }),
  ),
});

const GROUPS = list(message({ group: text, minApprovals: number }));

export const POLICY = message({
  minApprovals: number,
  allowedModes: list(MODE),
  requireAdapterCapabilities: list(text),
  maxSteps: number,
  labels: inOrderOfKey(list(LABEL)),
  allowedAdapters: list(text),
  allowSelfApproval: flag,
  humansOnly: flag,
  groups: GROUPS,
  requireComment: flag,
  maxApprovalLifetimeSeconds: number,
  requireSignedApprovals: flag,
});

export const POLICY_OVERRIDES = message({
  minApprovals: optional(number),
  allowedModes: list(MODE),
  requireAdapterCapabilities: list(text),
  maxSteps: optional(number),
  labels: inOrderOfKey(list(LABEL)),
  allowedAdapters: list(text),
  allowSelfApproval: optional(flag),
  humansOnly: optional(flag),
  groups: GROUPS,
  requireComment: optional(flag),
  maxApprovalLifetimeSeconds: optional(number),
  requireSignedApprovals: optional(flag),
});

export const TEMPLATE_USE = message({
  name: text,
  digest: text,
  templatePolicy: required(POLICY),
  overrides: POLICY_OVERRIDES,
});

export const ENVELOPE = message({
  payload: bytes,
  payloadType: text,
  signatures: list(message({ keyid: text, sig: bytes })),
});

const SETTLEMENT = message({
  basis: required(name("SETTLEMENT_BASIS_ROUTER_ANSWER", "SETTLEMENT_BASIS_OPERATOR_STATEMENT")),
  reason: text,
  overruled: name("OVERRULED_RUNNING", "OVERRULED_SUCCEEDED", "OVERRULED_FAILED", "OVERRULED_NOT_ASKED"),
});

const GUARDRAIL_USES = list(
  message({
    digest: text,
    guardrail: required(
      message({
        name: text,
        match: message({ adapters: list(text), labels: inOrderOfKey(list(LABEL)), modes: list(MODE) }),
        minApprovals: number,
        groups: GROUPS,
        humansOnly: flag,
        requireSignedApprovals: flag,
        allowedModes: list(MODE),
        maxApprovalLifetimeSeconds: number,
        requiredLabels: list(message({ key: text, values: list(text) })),
        allowSelfApproval: flag,
      }),
    ),
  }),
);

const REASON = message({ reason: text });

/** The body of an event, by the name that gives the event its type. */
export const BODIES = {
  decisionCreated: message({
    goal: text,
    mode: required(MODE),
    plan: PLAN,
    adapterId: text,
    labels: inOrderOfKey(list(LABEL)),
  }),
  policyAttached: message({ policy: required(POLICY), template: TEMPLATE_USE, guardrails: GUARDRAIL_USES }),
  approvalGranted: message({
    comment: text,
    expiresAt: time,
    requestDigest: text,
    groups: list(text),
    signature: ENVELOPE,
  }),
  approvalRevoked: message({ approver: required(ACTOR), reason: text }),
  executionRequested: message({
    adapterId: text,
    mode: required(MODE),
    adapterCapabilities: list(text),
    approvalDigests: list(text),
    policyDigest: text,
    routerRequestDigest: text,
    guardrails: GUARDRAIL_USES,
    separationOfDuties: message({ executorIsNotRequester: flag, approverIsNotExecutor: flag }),
    breakGlass: message({ reason: text, minApprovals: number, reviewBy: required(time) }),
  }),
  executionStarted: message({ serverId: text }),
  executionCompleted: message({
    runId: text,
    routerDigest: text,
    stepsExecuted: number,
    settlement: SETTLEMENT,
    routerMediaType: text,
    routerSignature: ENVELOPE,
  }),
  executionFailed: message({
    code: text,
    message: text,
    runId: text,
    routerDigest: text,
    stepsExecuted: number,
    settlement: SETTLEMENT,
    routerMediaType: text,
    routerSignature: ENVELOPE,
  }),
  decisionRejected: REASON,
  decisionCancelled: REASON,
  executionOutcomeUnknown: message({ reason: text, runId: text, settlement: SETTLEMENT }),
  executionReviewed: message({
    verdict: required(name("REVIEW_VERDICT_JUSTIFIED", "REVIEW_VERDICT_UNJUSTIFIED")),
    comment: text,
    groups: list(text),
  }),
} as const;
