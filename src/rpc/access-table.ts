import type { DescMethod } from "@bufbuild/protobuf";
import type { ApproverKeyService } from "../../gen/ts/nexus/attest/v1/approver_key_service_pb.ts";
import type { AuditService } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import type { DecisionService } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import type { ImportedDecisionService } from "../../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import type { TemplateService } from "../../gen/ts/nexus/attest/v1/template_service_pb.ts";
import { ROLES, type Role } from "../domain/grant.ts";

/** Who may call an RPC, and what the scope of a role is judged by. */
export type Rule =
  /** The decision that the request names, which the caller has to see: else it is not found. `own`: whoever requested it may as well. */
  | DecisionRule
  /** The labels and the adapter that the request gives to a new decision. */
  | { readonly of: "new decision"; readonly roles: readonly Role[] }
  /** Nothing: the answer holds the decisions that the caller sees, and no other. */
  | { readonly of: "decisions"; readonly roles: readonly Role[] }
  /** The template that the request names, which must not contradict the scope: else it is not found. */
  | { readonly of: "template"; readonly roles: readonly Role[] }
  /** The match labels, and the adapters that its policy allows, of a new template. */
  | { readonly of: "new template"; readonly roles: readonly Role[] }
  /** Nothing: the answer holds the templates that do not contradict a scope of the caller's. */
  | { readonly of: "templates"; readonly roles: readonly Role[] }
  /** The key that the request names. `own`: its approver may as well. */
  | { readonly of: "key"; readonly roles: readonly Role[]; readonly own: boolean }
  /** Nothing: the answer holds the caller's own keys, and all for those who see every key. */
  | { readonly of: "keys"; readonly roles: readonly Role[] }
  /** Nothing: it is about no decision of this server. */
  | { readonly of: "server"; readonly roles: readonly Role[] }
  /** The role has to be without a scope. */
  | { readonly of: "whole server"; readonly roles: readonly Role[] };

interface DecisionRule {
  readonly of: "decision";
  readonly roles: readonly Role[];
  readonly own: boolean;
  /** Instead of the roles, where the request gives a break_glass_reason. */
  readonly breakGlass?: readonly Role[];
}

type Rules<Service extends { readonly method: object }> = { readonly [Method in keyof Service["method"]]: Rule };

const SEE: Rule = { of: "decision", roles: ["approver", "executor", "break_glass", "auditor", "operator"], own: true };
const EXPORT: Rule = { of: "decision", roles: ["auditor", "operator"], own: true };
/** The labels of a foreign log are somebody else's words, and its requester nobody's of ours: no scope can be judged by them. */
const FOREIGN: Rule = { of: "whole server", roles: ["auditor", "operator"] };
const USERS_OF_TEMPLATES: readonly Role[] = ["requester", "approver", "auditor", "template_admin", "operator"];

/** The one table of who may do what. The compiler proves that no RPC is left out; docs/security.md is held equal to it. */
export const ACCESS: {
  readonly "nexus.attest.v1.DecisionService": Rules<typeof DecisionService>;
  readonly "nexus.attest.v1.TemplateService": Rules<typeof TemplateService>;
  readonly "nexus.attest.v1.AuditService": Rules<typeof AuditService>;
  readonly "nexus.attest.v1.ApproverKeyService": Rules<typeof ApproverKeyService>;
  readonly "nexus.attest.v1.ImportedDecisionService": Rules<typeof ImportedDecisionService>;
} = {
  "nexus.attest.v1.DecisionService": {
    createDecision: { of: "new decision", roles: ["requester"] },
    attachPolicy: { of: "decision", roles: ["requester"], own: false },
    grantApproval: { of: "decision", roles: ["approver"], own: false },
    revokeApproval: { of: "decision", roles: ["approver"], own: false },
    rejectDecision: { of: "decision", roles: ["approver"], own: false },
    cancelDecision: { of: "decision", roles: [], own: true },
    explainDecision: { of: "new decision", roles: ["requester"] },
    executeDecision: { of: "decision", roles: ["executor"], own: false, breakGlass: ["break_glass"] },
    reviewExecution: { of: "decision", roles: ["approver"], own: false },
    settleExecution: { of: "decision", roles: ["operator"], own: false },
    getDecision: SEE,
    listDecisions: { of: "decisions", roles: ROLES },
    listDecisionEvents: SEE,
    watchDecision: SEE,
    watchDecisions: { of: "decisions", roles: ROLES },
  },
  "nexus.attest.v1.TemplateService": {
    createTemplate: { of: "new template", roles: ["template_admin"] },
    getTemplate: { of: "template", roles: USERS_OF_TEMPLATES },
    listTemplates: { of: "templates", roles: USERS_OF_TEMPLATES },
  },
  "nexus.attest.v1.AuditService": {
    exportAuditPackage: EXPORT,
    verifyAuditPackage: { of: "server", roles: ["auditor", "operator"] },
    exportBundle: EXPORT,
    verifyBundle: { of: "server", roles: ["auditor", "operator"] },
    importBundle: { of: "whole server", roles: ["operator"] },
    listServerKeys: { of: "server", roles: ROLES },
  },
  "nexus.attest.v1.ApproverKeyService": {
    enrollApproverKey: { of: "whole server", roles: ["key_admin"] },
    revokeApproverKey: { of: "key", roles: ["key_admin"], own: true },
    getApproverKey: { of: "key", roles: ["auditor", "key_admin", "operator"], own: true },
    listApproverKeys: { of: "keys", roles: ROLES },
  },
  "nexus.attest.v1.ImportedDecisionService": {
    listImportedDecisions: FOREIGN,
    getImportedDecision: FOREIGN,
    listImportedDecisionEvents: FOREIGN,
    watchImportedDecision: FOREIGN,
    exportImportedBundle: FOREIGN,
  },
};

/** Every server has them, and they tell nothing of decisions; src/rpc/authentication.ts says who may call them. */
const OPEN: ReadonlySet<string> = new Set([
  "grpc.health.v1.Health",
  "grpc.reflection.v1.ServerReflection",
  "grpc.reflection.v1alpha.ServerReflection",
]);

/** The rule for a method; "open": there is none to judge; undefined: nobody has decided who may call it, so nobody may. */
export function ruleFor({ parent, localName }: DescMethod): Rule | "open" | undefined {
  if (OPEN.has(parent.typeName)) return "open";
  const rules: Readonly<Record<string, Readonly<Record<string, Rule>>>> = ACCESS;
  return rules[parent.typeName]?.[localName];
}
