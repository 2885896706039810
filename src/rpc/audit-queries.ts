import type { ServiceImpl } from "@connectrpc/connect";
import type { AuditService } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import type { ExportPackage } from "../app/export-package.ts";
import type { VerifyPackage } from "../app/verify-package.ts";
import { nameOf, PACKAGE_MODES } from "../codec/enums.ts";
import type { DecisionId } from "../domain/ids.ts";
import { toWireReport } from "../evidence/report-message.ts";
import { identityOf } from "./authentication.ts";
import { rpcError } from "./errors.ts";

/** Largest request of the audit service, in bytes: a package of 64 MiB, also as base64 in JSON. */
export const MAX_PACKAGE_REQUEST_BYTES = 90 * 1024 * 1024;

/** The RPCs about evidence. */
export function createAuditQueries(app: {
  readonly exportPackage: ExportPackage;
  readonly verifyPackage: VerifyPackage;
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
      if (request.trustPolicy !== undefined)
        throw rpcError("NOT_IMPLEMENTED", "This version does not verify against a trust policy yet.");
      return { report: toWireReport(await app.verifyPackage(request.packageJson, context.signal)) };
    },
  } satisfies Partial<ServiceImpl<typeof AuditService>>;
}
