import { checkDecisionStream } from "./check-decision-stream.ts";
import type { CheckStream } from "./check-stream.ts";
import { DECISION_STREAMS } from "./decision-logs.ts";

/** Who checks which streams, by how their names begin. A kind of stream that is not here is not checked, and reported as that. */
export const STREAM_CHECKS: Readonly<Record<string, CheckStream>> = {
  [DECISION_STREAMS]: checkDecisionStream,
};

/** The check of a stream; undefined if nothing knows its kind. */
export function streamCheckOf(
  stream: string,
  checks: Readonly<Record<string, CheckStream>> = STREAM_CHECKS,
): CheckStream | undefined {
  return Object.entries(checks).find(([prefix]) => stream.startsWith(prefix))?.[1];
}
