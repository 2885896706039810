import { AuditPackageSchema } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { PACKAGE_VERSION } from "./build-audit-package.ts";
import type { EvidenceJson, FileKind } from "./evidence-file.ts";

/** A package as given, known to have the types of the schema wherever the schema knows a field. */
export interface PackageJson extends EvidenceJson {
  readonly router: {
    readonly mode?: string;
    readonly runId?: string;
    readonly adapterId?: string;
    readonly routerDigest?: string;
    readonly runBundle?: string;
    readonly runBundleMediaType?: string;
  };
  readonly link: { readonly [field: string]: string | readonly string[] };
  readonly linkDigest?: string;
  readonly bindingDigest?: string;
}

export const AUDIT_PACKAGE: FileKind = {
  name: "package",
  schema: AuditPackageSchema,
  version: { field: "packageVersion", text: PACKAGE_VERSION },
  parts: ["controlBundle", "router", "link"],
};
