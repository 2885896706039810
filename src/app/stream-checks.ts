import { KEY_STREAM } from "./approver-keys.ts";
import { checkDecisionStream } from "./check-decision-stream.ts";
import { checkImportStream } from "./check-import-stream.ts";
import { checkKeyStream } from "./check-key-stream.ts";
import type { CheckStream } from "./check-stream.ts";
import { checkTemplateStream } from "./check-template-stream.ts";
import { DECISION_STREAMS } from "./decision-logs.ts";
import { IMPORTED_STREAMS } from "./import-metadata.ts";
import { TEMPLATE_STREAMS } from "./template-log.ts";

/** Who checks which streams, by how their names begin; one that does not end in a hyphen is the whole name of the one stream of its kind. A kind of stream that is not here is not checked, and reported as that. */
export const STREAM_CHECKS: Readonly<Record<string, CheckStream>> = {
  [DECISION_STREAMS]: checkDecisionStream,
  [TEMPLATE_STREAMS]: checkTemplateStream,
  [KEY_STREAM]: checkKeyStream,
  [IMPORTED_STREAMS]: checkImportStream,
};

/** The check of a stream; undefined if nothing knows its kind. */
export function streamCheckOf(
  stream: string,
  checks: Readonly<Record<string, CheckStream>> = STREAM_CHECKS,
): CheckStream | undefined {
  return Object.entries(checks).find(([name]) => (name.endsWith("-") ? stream.startsWith(name) : stream === name))?.[1];
}
