import { DecisionBundleSchema } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import type { Json } from "../codec/canonical-json.ts";
import { FILE_VERSION } from "./build-decision-bundle.ts";
import type { FileKind } from "./evidence-file.ts";

export const DECISION_BUNDLE: FileKind = {
  name: "bundle",
  schema: DecisionBundleSchema,
  version: { field: "fileVersion", text: FILE_VERSION },
  parts: ["controlBundle"],
};

/** Whether a JSON value says that it is of a kind, of whatever version. */
export function claimsToBe({ version }: FileKind, json: Json): boolean {
  return typeof json === "object" && json !== null && !Array.isArray(json) && Object.hasOwn(json, version.field);
}
