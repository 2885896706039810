import { toJsonString } from "@bufbuild/protobuf";
import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { type Actor, ActorType } from "../../gen/ts/nexus/attest/v1/actor_pb.ts";
import {
  ApprovalStatus,
  type Decision,
  type DecisionSummary,
  type Execution,
} from "../../gen/ts/nexus/attest/v1/decision_pb.ts";
import { DecisionEventSchema, type RecordedEvent, ReviewVerdict } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import type {
  ImportedDecision,
  ImportedDecisionSummary,
} from "../../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import {
  DecisionState,
  type Lifecycle,
  type Review,
  ReviewStatus,
  TimelineCategory,
  type TimelineEntry,
} from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { guardrailRows } from "./guardrail-words.ts";
import { type Output, safe, table } from "./output.ts";
import { policyWords, templateWords } from "./policy-words.ts";

/** Names of enum values as people read them. */
function nameOf(values: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(values).find(([, number]) => number === value)?.[0] ?? `${value}`;
}

export function stateName(state: number): string {
  return nameOf(DecisionState, state);
}

export function time(timestamp: Timestamp | undefined): string {
  return timestamp === undefined ? "-" : new Date(timestampMs(timestamp)).toISOString();
}

export function actorName(actor: Actor | undefined): string {
  if (actor === undefined) return "";
  return actor.type === ActorType.SYSTEM ? `${safe(actor.id)} (system)` : safe(actor.id);
}

/** What is asked for and where it stands. */
export function showDecision(decision: Decision, output: Output): void {
  const { lifecycle, execution } = decision;
  for (const line of table(rowsOf(decision))) output.line(line);
  if (lifecycle !== undefined) showLifecycle(decision.decisionId, lifecycle, output, execution);
  showTimeline(decision, output);
}

/** What came from elsewhere, how it came, and where it stands. */
export function showImportedDecision({ importId, decision, segments }: ImportedDecision, output: Output): void {
  const rows = [["import", importId], ...cameRows(segments), ...(decision === undefined ? [] : rowsOf(decision))];
  for (const line of table(rows)) output.line(line);
  if (decision?.lifecycle !== undefined) showImportedLifecycle(decision.lifecycle, output);
  if (decision !== undefined) showTimeline(decision, output);
}

/** How a log came here. */
export function cameRows(segments: ImportedDecision["segments"]): string[][] {
  return segments.map((segment, i) => [
    i === 0 ? "imported" : "",
    `${segment.firstSeq === segment.lastSeq ? `event ${segment.firstSeq}` : `events ${segment.firstSeq} to ${segment.lastSeq}`} by ${actorName(segment.importedBy)} at ${time(segment.importedAt)}${segment.source === "" ? "" : `, from ${safe(segment.source)}`}`,
  ]);
}

function showTimeline({ timeline }: Decision, output: Output): void {
  if (timeline === undefined) return;
  output.line();
  if (timeline.truncated) output.line(`(the last ${timeline.entries.length} of ${timeline.total} entries)`);
  showEntries(timeline.entries, output);
}

function rowsOf(decision: Decision): string[][] {
  const { execution, policy } = decision;
  return [
    ["decision", decision.decisionId],
    ["goal", safe(decision.goal)],
    ["requested by", `${actorName(decision.requester)} at ${time(decision.createdAt)}`],
    ["mode", nameOf(Mode, decision.mode)],
    ["adapter", decision.adapterId || "named at execution"],
    ...(decision.labels.length === 0
      ? []
      : [["labels", decision.labels.map(({ key, value }) => safe(`${key}=${value}`)).join(", ")]]),
    ...(decision.plan?.steps ?? []).map((step, i) => [
      i === 0 ? "plan" : "",
      `${i + 1}. ${step.stepId}: ${step.call?.tool} ${step.call?.method} ${safe(step.call?.argumentsJson ?? "")}${step.intent === "" ? "" : ` (${safe(step.intent)})`}`,
    ]),
    ["policy", policy === undefined ? "none yet" : policyWords(policy)],
    ...guardrailRows(decision.guardrails),
    ...(decision.template === undefined ? [] : [["template", templateWords(decision.template)]]),
    ...(decision.requestDigest === "" ? [] : [["request digest", decision.requestDigest]]),
    ...decision.approvals.map((approval, i) => [
      i === 0 ? "approvals" : "",
      `${actorName(approval.approver)} at ${time(approval.grantedAt)}: ${nameOf(ApprovalStatus, approval.status).toLowerCase().replace("_", " ")}${approval.keyId === "" ? "" : ", signed"}${approval.expiresAt === undefined ? "" : `, until ${time(approval.expiresAt)}`}${approval.comment === "" ? "" : `: ${safe(approval.comment)}`}`,
    ]),
    ...(execution === undefined
      ? []
      : [
          [
            "execution",
            `on ${execution.adapterId} by ${actorName(execution.executor)}${execution.runId === "" ? "" : `, run ${execution.runId}`}`,
          ],
          ...breakGlassRows(execution),
          ...(execution.failureCode === ""
            ? []
            : [["failure", `${execution.failureCode}: ${safe(execution.failureMessage)}`]]),
        ]),
  ];
}

function breakGlassRows({ breakGlass, reviews }: Execution): string[][] {
  if (breakGlass === undefined) return [];
  return [
    ["break-glass", `${safe(breakGlass.reason)}; to be reviewed by ${time(breakGlass.reviewBy)}`],
    ...reviews.map((review, i) => [
      i === 0 ? "reviews" : "",
      `${actorName(review.reviewer)} at ${time(review.reviewedAt)}: ${nameOf(ReviewVerdict, review.verdict).toLowerCase()}${review.comment === "" ? "" : `: ${safe(review.comment)}`}`,
    ]),
  ];
}

/** How far the review of an execution by break-glass is. */
export function reviewWords({ status, missing, reviewBy, objections }: Review): string {
  const word = nameOf(ReviewStatus, status).toLowerCase();
  if (objections > 0) return `review ${word}, ${objections} of the reviewers found it unjustified`;
  return missing === 0 ? `review ${word}` : `review ${word}, ${missing} missing, due ${time(reviewBy)}`;
}

/** The state, what blocks, and what to do next, as far as the execution, where it is known, lets it be done. */
export function showLifecycle(decisionId: string, lifecycle: Lifecycle, output: Output, execution?: Execution): void {
  const { state, progress, blockingReasons, executable } = lifecycle;
  const count = progress === undefined ? "" : `, ${progress.approvalsValid} of ${progress.approvalsRequired} approvals`;
  output.line(
    `${output.style(["bold", stateColour(state)], stateName(state))}${count}${executable ? ", ready to execute" : ""}`,
  );
  if (lifecycle.review !== undefined)
    output.line(`  ${output.style("red", "break-glass:")} ${reviewWords(lifecycle.review)}`);
  for (const { message } of blockingReasons) output.line(`  ${output.style("yellow", "blocked:")} ${safe(message)}`);
  for (const next of nextSteps(decisionId, lifecycle, execution))
    output.line(`  ${output.style("cyan", "next:")} ${next}`);
}

/** Where a decision of somebody else's stands: there is nothing to do about it here. */
export function showImportedLifecycle({ state, progress, blockingReasons }: Lifecycle, output: Output): void {
  const count = progress === undefined ? "" : `, ${progress.approvalsValid} of ${progress.approvalsRequired} approvals`;
  output.line(`${output.style(["bold", stateColour(state)], stateName(state))}${count}`);
  for (const { message } of blockingReasons) output.line(`  ${output.style("yellow", "blocked:")} ${safe(message)}`);
}

function nextSteps(id: string, lifecycle: Lifecycle, execution: Execution | undefined): readonly string[] {
  const { state, executable, review } = lifecycle;
  const isReviewed = review?.status !== ReviewStatus.PENDING && review?.status !== ReviewStatus.OVERDUE;
  const steps = stepsIn(id, state, executable, execution);
  return isReviewed
    ? steps
    : [`nexus-attest review ${id} --justified   # by an approver who did not execute it`, ...steps];
}

function stepsIn(
  id: string,
  state: DecisionState,
  executable: boolean,
  execution: Execution | undefined,
): readonly string[] {
  switch (state) {
    case DecisionState.DRAFT:
      return [`nexus-attest attach ${id} --min-approvals N`];
    case DecisionState.PENDING_APPROVAL:
      return [`nexus-attest approve ${id}   # by an approver, not by its requester`];
    case DecisionState.APPROVED:
      return executable ? [`nexus-attest execute ${id}`] : [];
    case DecisionState.EXECUTING:
      return [`nexus-attest watch ${id}`];
    case DecisionState.OUTCOME_UNKNOWN:
      return [`nexus-attest settle ${id} --ask-router`];
    case DecisionState.COMPLETED:
    case DecisionState.FAILED:
      // There is a package of a run with a record only.
      return execution?.routerDigest === "" ? [] : [`nexus-attest export ${id} --mode embedded`];
    default:
      return [];
  }
}

function stateColour(state: number): "green" | "red" | "yellow" | "blue" {
  switch (state) {
    case DecisionState.APPROVED:
    case DecisionState.COMPLETED:
      return "green";
    case DecisionState.FAILED:
    case DecisionState.REJECTED:
    case DecisionState.CANCELLED:
    case DecisionState.OUTCOME_UNKNOWN:
      return "red";
    case DecisionState.EXECUTING:
      return "blue";
    default:
      return "yellow";
  }
}

/** A log, as it is. */
export function showEvents(events: readonly RecordedEvent[], output: Output): void {
  for (const { event, digest } of events) {
    if (event === undefined) continue;
    const type = (event.body.case ?? "").replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    output.line(
      `${`${event.seq}`.padStart(4)}  ${time(event.occurredAt)}  ${output.style("bold", type.padEnd(25))}  ${actorName(event.actor)}`,
    );
    output.line(`      ${output.style("dim", digest)}`);
    output.line(`      ${safe(toJsonString(DecisionEventSchema, event))}`);
  }
}

/** Lines of a timeline. */
export function showEntries(entries: readonly TimelineEntry[], output: Output): void {
  for (const entry of entries) {
    const isDerived = entry.category >= TimelineCategory.THRESHOLD_MET;
    const seq = isDerived ? "   ·" : `${entry.seq}`.padStart(4);
    const colour = isDerived ? (entry.category === TimelineCategory.THRESHOLD_MET ? "green" : "yellow") : "bold";
    output.line(`${seq}  ${time(entry.time)}  ${output.style(colour, entry.label.padEnd(19))}  ${safe(entry.summary)}`);
  }
}

/** Imports in a list. */
export function showImports(imports: readonly ImportedDecisionSummary[], output: Output): void {
  if (imports.length === 0) return output.note("no imports");
  const rows = imports.map(({ importId, decision, foreignLog, importedBy, importedAt, source }) => [
    importId,
    safe((decision ?? foreignLog)?.decisionId ?? ""),
    foreignLog === undefined ? stateName(decision?.state ?? 0) : `${safe(foreignLog.status)} there`,
    actorName(importedBy),
    time(importedAt),
    safe(source).slice(0, 40) || "-",
    safe((decision ?? foreignLog)?.goal.split("\n", 1)[0] ?? "").slice(0, 60),
  ]);
  const header = ["IMPORT", "DECISION", "STATE", "IMPORTED BY", "AT", "SOURCE", "GOAL"];
  for (const line of table([header, ...rows])) output.line(line);
}

export function showSummaries(decisions: readonly DecisionSummary[], output: Output): void {
  if (decisions.length === 0) return output.note("no decisions");
  const rows = decisions.map((d) => [
    d.decisionId,
    `${stateName(d.state)}${d.review === undefined ? "" : `, ${reviewWords(d.review)}`}`,
    `${d.progress?.approvalsValid ?? 0}/${d.progress?.approvalsRequired ?? 0}`,
    nameOf(Mode, d.mode),
    d.adapterId || "-",
    actorName(d.requester),
    time(d.createdAt),
    safe(d.goal.split("\n", 1)[0] ?? "").slice(0, 60),
  ]);
  const header = ["DECISION", "STATE", "APPROVALS", "MODE", "ADAPTER", "REQUESTER", "CREATED", "GOAL"];
  for (const line of table([header, ...rows])) output.line(line);
}
