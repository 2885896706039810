import { generateKeyPairSync } from "node:crypto";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import type { Clients } from "../support/server-under-test.ts";
import { POLICY, RELEASE } from "./release.ts";

/** What calls are about. */
export interface Subjects {
  readonly decisionId: string;
  readonly template: string;
  readonly keyId: string;
  /** Of what is made anew. */
  readonly labels: readonly { readonly key: string; readonly value: string }[];
}

const POLICY_SOURCE = { case: "policy", value: POLICY } as const;

const NO_IMPORT = "0".repeat(32);

/** A public key that nobody has enrolled. */
export function newPublicKey(): Uint8Array<ArrayBuffer> {
  const { publicKey } = generateKeyPairSync("ed25519");
  return new Uint8Array(Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url"));
}

/** One valid request for each RPC: whatever becomes of it, it comes as far as its handler if its caller may call it. */
export const ANY_REQUEST: Readonly<Record<string, (clients: Clients, about: Subjects) => Promise<unknown>>> = {
  CreateDecision: ({ decisions }, { labels }) => decisions.createDecision({ ...RELEASE, labels: [...labels] }),
  AttachPolicy: ({ decisions }, { decisionId }) => decisions.attachPolicy({ decisionId, policySource: POLICY_SOURCE }),
  GrantApproval: ({ decisions }, { decisionId }) => decisions.grantApproval({ decisionId }),
  RevokeApproval: ({ decisions }, { decisionId }) =>
    decisions.revokeApproval({ decisionId, reason: "second thoughts" }),
  RejectDecision: ({ decisions }, { decisionId }) => decisions.rejectDecision({ decisionId, reason: "no" }),
  CancelDecision: ({ decisions }, { decisionId }) => decisions.cancelDecision({ decisionId, reason: "not now" }),
  ExplainDecision: ({ decisions }, { labels }) =>
    decisions.explainDecision({ request: { ...RELEASE, labels: [...labels] } }),
  ExecuteDecision: ({ decisions }, { decisionId }) => decisions.executeDecision({ decisionId }),
  ReviewExecution: ({ decisions }, { decisionId }) => decisions.reviewExecution({ decisionId, verdict: 1 }),
  SettleExecution: ({ decisions }, { decisionId }) =>
    decisions.settleExecution({ decisionId, resolution: { case: "askRouter", value: {} } }),
  GetDecision: ({ decisions }, { decisionId }) => decisions.getDecision({ decisionId }),
  ListDecisions: ({ decisions }) => decisions.listDecisions({}),
  ListDecisionEvents: ({ decisions }, { decisionId }) => decisions.listDecisionEvents({ decisionId }),
  WatchDecision: async ({ decisions }, { decisionId }) => await firstOf(decisions.watchDecision({ decisionId })),
  WatchDecisions: async ({ decisions }) => await firstOf(decisions.watchDecisions({})),
  CreateTemplate: ({ templates }, { labels }) =>
    templates.createTemplate({
      name: `t${crypto.randomUUID()}`,
      policy: { ...POLICY, allowedModes: [Mode.APPLY] },
      matchLabels: [...labels],
    }),
  GetTemplate: ({ templates }, { template: name }) => templates.getTemplate({ name }),
  ListTemplates: ({ templates }) => templates.listTemplates({}),
  ExportAuditPackage: ({ audit }, { decisionId }) => audit.exportAuditPackage({ decisionId, mode: 1 }),
  VerifyAuditPackage: ({ audit }) => audit.verifyAuditPackage({ packageJson: new TextEncoder().encode("{}") }),
  ExportBundle: ({ audit }, { decisionId }) => audit.exportBundle({ decisionId }),
  VerifyBundle: ({ audit }) => audit.verifyBundle({ bundleJson: new TextEncoder().encode("{}") }),
  ImportBundle: ({ audit }) => audit.importBundle({ bundleJson: new TextEncoder().encode("{}") }),
  ListServerKeys: ({ audit }) => audit.listServerKeys({}),
  EnrollApproverKey: ({ approverKeys }) =>
    approverKeys.enrollApproverKey({ approver: { type: 1, id: "carol" }, publicKey: newPublicKey() }),
  RevokeApproverKey: ({ approverKeys }, { keyId }) => approverKeys.revokeApproverKey({ keyId, reason: "lost" }),
  GetApproverKey: ({ approverKeys }, { keyId }) => approverKeys.getApproverKey({ keyId }),
  ListImportedDecisions: ({ imported }) => imported.listImportedDecisions({}),
  GetImportedDecision: ({ imported }) => imported.getImportedDecision({ importId: NO_IMPORT }),
  ListImportedDecisionEvents: ({ imported }) => imported.listImportedDecisionEvents({ importId: NO_IMPORT }),
  WatchImportedDecision: async ({ imported }) => await firstOf(imported.watchImportedDecision({ importId: NO_IMPORT })),
  ExportImportedBundle: ({ imported }) => imported.exportImportedBundle({ importId: NO_IMPORT }),
  ListApproverKeys: ({ approverKeys }) => approverKeys.listApproverKeys({}),
};

async function firstOf(messages: AsyncIterable<unknown>): Promise<unknown> {
  for await (const message of messages) return message;
  return undefined;
}
