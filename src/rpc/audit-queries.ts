import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { type AuditService, type ServerKey, ServerKeySchema } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import type { TrustPolicy } from "../../gen/ts/nexus/attest/v1/trust_policy_pb.ts";
import type { ExportBundle } from "../app/export-bundle.ts";
import type { ExportPackage } from "../app/export-package.ts";
import type { ImportBundle } from "../app/import-bundle.ts";
import type { VerifyBundle } from "../app/verify-bundle.ts";
import type { VerifyPackage } from "../app/verify-package.ts";
import { IMPORT_CONFLICT_MODES, IMPORT_OUTCOMES, nameOf, PACKAGE_MODES } from "../codec/enums.ts";
import { toTimestamp } from "../codec/timestamp.ts";
import { trustPolicyText } from "../codec/trust-policy.ts";
import type { DecisionId, Digest, Instant } from "../domain/ids.ts";
import { toWireReport } from "../evidence/report-message.ts";
import { identityOf } from "./authentication.ts";
import { callerOf } from "./caller-of.ts";

/** Largest request of the audit service, in bytes: a package of 64 MiB, also as base64 in JSON. */
export const MAX_PACKAGE_REQUEST_BYTES = 90 * 1024 * 1024;

/** A public key of this server. */
interface PublishedKey {
  readonly keyId: Digest;
  readonly publicKey: Uint8Array;
  readonly notBefore: Instant;
  readonly notAfter: Instant | undefined;
}

/** The RPCs about evidence. */
export function createAuditQueries(app: {
  readonly exportPackage: ExportPackage;
  readonly verifyPackage: VerifyPackage;
  readonly exportBundle: ExportBundle;
  readonly verifyBundle: VerifyBundle;
  readonly importBundle: ImportBundle;
  /** A random request id for callers that give none. */
  readonly newRequestId: () => string;
  readonly serverKeys: readonly PublishedKey[];
}) {
  return {
    async exportAuditPackage(request, context) {
      identityOf(context.values);
      const mode = nameOf(PACKAGE_MODES, request.mode, "mode");
      const { json, bindingDigest } = await app.exportPackage(request.decisionId as DecisionId, mode, context.signal);
      return { packageJson: new TextEncoder().encode(json), bindingDigest };
    },
    async verifyAuditPackage(request, context) {
      identityOf(context.values);
      return { report: toWireReport(await app.verifyPackage(request.packageJson, trustOf(request), context.signal)) };
    },
    listServerKeys(_request, context) {
      identityOf(context.values);
      return { keys: app.serverKeys.map(toWireServerKey) };
    },
    async exportBundle(request, context) {
      identityOf(context.values);
      const { json, controlDigest } = await app.exportBundle(request.decisionId as DecisionId, context.signal);
      return { bundleJson: new TextEncoder().encode(json), controlDigest };
    },
    async verifyBundle(request, context) {
      identityOf(context.values);
      return { report: toWireReport(await app.verifyBundle(request.bundleJson, trustOf(request), context.signal)) };
    },
    async importBundle(request, context) {
      const caller = callerOf(request, context, app.newRequestId);
      const trust = trustOf(request);
      const { bundleJson: bytes, source, conflictMode } = request;
      const mode = conflictMode === 0 ? "REJECT" : nameOf(IMPORT_CONFLICT_MODES, conflictMode, "conflict_mode");
      const result = await app.importBundle(caller, { bytes, mode, source, trust }, context.signal);
      return {
        ...result,
        outcome: IMPORT_OUTCOMES[result.outcome],
        unproven: result.unproven.map(({ what, detail }) => ({ what, detail: detail.toWellFormed() })),
      };
    },
  } satisfies Partial<ServiceImpl<typeof AuditService>>;
}

/** The text of a request's trust policy; undefined: nobody is believed. */
function trustOf({ trustPolicy }: { readonly trustPolicy?: TrustPolicy | undefined }): string | undefined {
  return trustPolicy === undefined ? undefined : trustPolicyText(trustPolicy);
}

function toWireServerKey({ keyId, publicKey, notBefore, notAfter }: PublishedKey): ServerKey {
  const end = notAfter === undefined ? {} : { notAfter: toTimestamp(notAfter) };
  return create(ServerKeySchema, {
    keyId,
    publicKey: new Uint8Array(publicKey),
    notBefore: toTimestamp(notBefore),
    ...end,
  });
}
