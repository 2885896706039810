import type { Json } from "../codec/canonical-json.ts";

/** The files of the original: a bundle is the log of one decision, a package binds it to a run. */
export type PythonFormat = "nexus-attest-0.5" | "nexus-attest-0.6";

export const PYTHON_BUNDLE_VERSION = "0.5";
export const PYTHON_PACKAGE_VERSION = "0.6";

/** The name under which a payload keeps the stored form of our own event. The original keeps and digests what it does not know in a payload. */
export const ORIGIN_FIELD = "nexus_attest_event";

export type PythonEventType =
  | "DECISION_CREATED"
  | "POLICY_ATTACHED"
  | "APPROVAL_GRANTED"
  | "APPROVAL_REVOKED"
  | "EXECUTION_REQUESTED"
  | "EXECUTION_STARTED"
  | "EXECUTION_COMPLETED"
  | "EXECUTION_FAILED";

/** The states of the original, as a bundle's header says them. */
export type PythonStatus = "DRAFT" | "PENDING_APPROVAL" | "APPROVED" | "EXECUTING" | "COMPLETED" | "FAILED";

/** JSON object of which the members are known by name. */
export interface JsonMembers {
  readonly [name: string]: Json;
}

/** Who made a file, for its provenance: the original's exporters and ours. */
export const METHODS = {
  "nexus-attest-0.5": { theirs: "nexus-control.export_v0_5", ours: "nexus-attest.convert_v0_5", output: "bundle" },
  "nexus-attest-0.6": {
    theirs: "nexus-control.audit_export_v0_6",
    ours: "nexus-attest.convert_v0_6",
    output: "audit_package",
  },
} as const;
