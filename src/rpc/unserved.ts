import type { ServiceImpl } from "@connectrpc/connect";
import type { AuditService } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { rpcError } from "./errors.ts";

/** RPCs that the schema has and this version does not serve. */
export const UNSERVED_BUNDLES: Pick<ServiceImpl<typeof AuditService>, "exportBundle" | "importBundle"> = {
  exportBundle: () => refuse("Bundles"),
  importBundle: () => refuse("Bundles"),
};

function refuse(what: string): never {
  throw rpcError("NOT_IMPLEMENTED", `${what} are not served by this version yet.`);
}
