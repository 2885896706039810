import type { HandlerContext } from "@connectrpc/connect";
import { AuditService } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { rpcError } from "./errors.ts";

/** The calls that take a file of evidence in. */
const TAKING: readonly HandlerContext["method"][] = [
  AuditService.method.verifyAuditPackage,
  AuditService.method.verifyBundle,
  AuditService.method.importBundle,
];

/** Files that are taken in and verified at the same time. Each may take 90 MiB before anybody has looked at it. */
export const MAX_VERIFICATIONS = 8;

/** Gives the calls that take a file in their turn, before their body is read: what they hold in memory stays bounded. */
export function createVerificationSlots(): (context: HandlerContext) => void {
  let taken = 0;
  return ({ method, signal }) => {
    if (!TAKING.includes(method) || signal.aborted) return;
    if (taken >= MAX_VERIFICATIONS)
      throw rpcError(
        "TOO_BUSY",
        `${MAX_VERIFICATIONS} packages and bundles are being verified here: repeat the call later, or verify with nexus-attest verify, which needs no server.`,
      );
    taken += 1;
    // Every call's signal aborts at its end.
    signal.addEventListener(
      "abort",
      () => {
        taken -= 1;
      },
      { once: true },
    );
  };
}
