import type {
  ForeignEvent,
  ForeignLog,
  ImportedDecision,
} from "../../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import { MODES, nameOf } from "../codec/enums.ts";
import { type Output, safe, table } from "./output.ts";
import { actorName, cameRows, time } from "./render.ts";

/** A decision of the original that was imported: what its file says, and what of that it proves. */
export function showForeignImport({ importId, segments }: ImportedDecision, log: ForeignLog, output: Output): void {
  const rows = [
    ["import", importId],
    ...cameRows(segments),
    ["decision", safe(log.decisionId)],
    ["goal", safe(log.goal)],
    ["requested by", `${actorName(log.requester)} at ${time(log.createdAt)}, by what the file says`],
    ["mode", nameOf(MODES, log.mode, "mode")],
    ...(log.labels.length === 0 ? [] : [["labels", safe(log.labels.join(", "))]]),
    ["digest", log.digest],
  ];
  for (const line of table(rows)) output.line(line);
  output.line(
    `${output.style("bold", `${safe(log.status)} there`)}, by the rules of nexus-attest (Python); never executed here`,
  );
  for (const { name, proven, detail } of log.findings) {
    const verdict = proven ? output.style("green", "proven:") : output.style("yellow", "not proven:");
    output.line(`  ${verdict} ${safe(name)}: ${safe(detail)}`);
  }
}

/** An event of the original. */
export function showForeignEvent(
  { seq, type, occurredAt, actor, eventJson, digest }: ForeignEvent,
  output: Output,
): void {
  output.line(
    `${`${seq}`.padStart(4)}  ${time(occurredAt)}  ${output.style("bold", safe(type).padEnd(25))}  ${actorName(actor)}`,
  );
  output.line(`      ${output.style("dim", digest)}`);
  output.line(`      ${safe(eventJson)}`);
}
