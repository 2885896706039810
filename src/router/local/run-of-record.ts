import type { Run, RunFailure } from "../../app/router.ts";
import type { DecisionId } from "../../domain/ids.ts";
import { RUN_BUNDLE_MEDIA_TYPE } from "./run-bundle.ts";
import type { RunRecord } from "./run-log.ts";

/** A run as on record; a decision without a record has been refused. */
export function runOf(decisionId: DecisionId, record: RunRecord | undefined, includeBundle: boolean): Run {
  const request =
    record === undefined || record.request === "" ? {} : (JSON.parse(record.request) as { adapterId?: string });
  const { bundle } = record ?? {};
  return {
    runId: record?.runId ?? "",
    decisionId,
    adapterId: request.adapterId ?? "",
    state: (record?.state ?? "NOT_STARTED") as Run["state"],
    stepsExecuted: record?.stepsExecuted ?? 0,
    failure: record === undefined || record.failure === "" ? undefined : (JSON.parse(record.failure) as RunFailure),
    bundle: includeBundle && bundle !== undefined ? { bytes: bundle, mediaType: RUN_BUNDLE_MEDIA_TYPE } : undefined,
  };
}
