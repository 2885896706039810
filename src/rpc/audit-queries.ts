import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { type AuditService, type ServerKey, ServerKeySchema } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import type { ExportPackage } from "../app/export-package.ts";
import type { VerifyPackage } from "../app/verify-package.ts";
import { nameOf, PACKAGE_MODES } from "../codec/enums.ts";
import { toTimestamp } from "../codec/timestamp.ts";
import { trustPolicyText } from "../codec/trust-policy.ts";
import type { DecisionId, Digest, Instant } from "../domain/ids.ts";
import { toWireReport } from "../evidence/report-message.ts";
import { identityOf } from "./authentication.ts";

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
      const { packageJson, trustPolicy } = request;
      const trust = trustPolicy === undefined ? undefined : trustPolicyText(trustPolicy);
      return { report: toWireReport(await app.verifyPackage(packageJson, trust, context.signal)) };
    },
    listServerKeys(_request, context) {
      identityOf(context.values);
      return { keys: app.serverKeys.map(toWireServerKey) };
    },
  } satisfies Partial<ServiceImpl<typeof AuditService>>;
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
