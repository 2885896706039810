import type { DecisionEvent } from "../domain/event.ts";
import type { Policy } from "../domain/policy.ts";
import type { Decision } from "../domain/state.ts";

/**
 * What the original's own fields cannot say. It stays in the file all the same, in the stored form of our events, which the original keeps but does not understand;
 * but for the last two, which are of our package and not of its log.
 */
export const LOSSES = {
  request_adapter: "the adapter that the request names: there whoever executes chooses one",
  allowed_adapters: "the policy's list of allowed adapters",
  no_self_approval: "that the requester's own approval does not count",
  humans_only: "that only people may approve",
  approver_groups: "the groups that must be represented among the approvers",
  required_comment: "that every approval needs a comment",
  approval_lifetime: "the longest life of an approval",
  signed_approvals: "that every approval must be signed by a key of the approver's own",
  guardrails: "what the server demanded beyond the policy",
  template_policy: "the rules of the template that it has no fields for",
  delegate: "on whose behalf a service called",
  approved_digest: "what exactly an approval is for, and the approver's groups",
  approval_signature: "an approver's own signature",
  gate: "what the gate relied on: approvals, policy digest, the adapter's capabilities",
  claim: "which server claimed the run",
  run_record: "the digest, media type and steps of a failed run's record",
  media_type: "the media type of the run's record",
  router_signature: "the router's signature over its run",
  settlement: "that the outcome was learned after the fact, and on whose word",
  event_identity: "event ids, request ids, and the chain of digests through the log",
  package_signature: "the server's signature over the package, which is not in the file",
  template_event: "who made the template, when and what for, which is not in the file",
} as const;

export type LossName = keyof typeof LOSSES;

/** Losses that are rules: to a decision that is still open, whoever imports it could do what our policy forbids. */
const RULES: readonly LossName[] = [
  "request_adapter",
  "allowed_adapters",
  "no_self_approval",
  "humans_only",
  "approver_groups",
  "required_comment",
  "approval_lifetime",
  "signed_approvals",
  "guardrails",
];

/** What is lost of a decision, in the order of the table. */
export function lossesOf(events: readonly DecisionEvent[]): readonly LossName[] {
  const lost = new Set<LossName>(["event_identity"]);
  for (const event of events) {
    if (event.delegate !== undefined) lost.add("delegate");
    for (const name of lossesOfBody(event)) lost.add(name);
  }
  return (Object.keys(LOSSES) as LossName[]).filter((name) => lost.has(name));
}

/** What a package of ours has beside the log and the run. */
export function lossesOfPackage(given: object): readonly LossName[] {
  return [...named("signature" in given, "package_signature"), ...named("template" in given, "template_event")];
}

/** The rules that would no longer hold, if the decision could still be executed. */
export function rulesLostOf({ phase }: Decision, losses: readonly LossName[]): readonly LossName[] {
  return phase.kind === "open" ? losses.filter((name) => RULES.includes(name)) : [];
}

function lossesOfBody({ body }: DecisionEvent): readonly LossName[] {
  switch (body.type) {
    case "DECISION_CREATED":
      return body.adapterId === "" ? [] : ["request_adapter"];
    case "POLICY_ATTACHED":
      return [
        ...rulesOf(body.policy),
        ...named((body.guardrails?.length ?? 0) > 0, "guardrails"),
        ...(body.template !== undefined && rulesOf(body.template.templatePolicy).length > 0
          ? (["template_policy"] as const)
          : []),
      ];
    case "APPROVAL_GRANTED":
      return ["approved_digest", ...named(body.signature !== undefined, "approval_signature")];
    case "EXECUTION_REQUESTED":
      return ["gate", ...named((body.guardrails?.length ?? 0) > 0, "guardrails")];
    case "EXECUTION_STARTED":
      return ["claim"];
    case "EXECUTION_COMPLETED":
      return [
        ...named(body.routerMediaType !== "", "media_type"),
        ...named(body.routerSignature !== undefined, "router_signature"),
        ...named(body.settlement !== undefined, "settlement"),
      ];
    case "EXECUTION_FAILED":
      return [
        ...named(body.routerDigest !== "" || body.stepsExecuted > 0, "run_record"),
        ...named(body.routerSignature !== undefined, "router_signature"),
        ...named(body.settlement !== undefined, "settlement"),
      ];
    case "APPROVAL_REVOKED":
    case "DECISION_REJECTED":
    case "DECISION_CANCELLED":
    case "EXECUTION_OUTCOME_UNKNOWN":
    case "EXECUTION_REVIEWED":
      return [];
  }
}

function rulesOf(policy: Policy): readonly LossName[] {
  return [
    ...named(policy.allowedAdapters.length > 0, "allowed_adapters"),
    ...named(!policy.allowSelfApproval, "no_self_approval"),
    ...named(policy.humansOnly, "humans_only"),
    ...named(policy.groups.length > 0, "approver_groups"),
    ...named(policy.requireComment, "required_comment"),
    ...named(policy.maxApprovalLifetimeSeconds > 0, "approval_lifetime"),
    ...named(policy.requireSignedApprovals, "signed_approvals"),
  ];
}

function named(is: boolean, name: LossName): readonly LossName[] {
  return is ? [name] : [];
}
