import type { GetDecisionRequest } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import type { GetImportedDecisionRequest } from "../../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import type { ViewedAt } from "../app/view-of-log.ts";
import { fromTimestamp } from "../codec/timestamp.ts";

/** The point of a log that a request asks for, and the clock to judge it by. */
export function viewedAtOf({
  asOf,
  evaluateAt,
}: Pick<GetDecisionRequest | GetImportedDecisionRequest, "asOf" | "evaluateAt">): ViewedAt {
  return { asOf: pointOf(asOf), evaluateAt: evaluateAt && fromTimestamp(evaluateAt, "evaluate_at") };
}

function pointOf(asOf: GetDecisionRequest["asOf"]): ViewedAt["asOf"] {
  switch (asOf.case) {
    case undefined:
      return undefined;
    case "asOfSeq":
      return { seq: asOf.value };
    case "asOfTime":
      return { time: fromTimestamp(asOf.value, "as_of_time") };
  }
}
