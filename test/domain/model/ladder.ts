import type { AdapterView, BlockingCode } from "../../../src/domain/blocking.ts";
import type { Instant } from "../../../src/domain/ids.ts";
import { happened, isBehindTheGate, isOver, lastApprovals, missing, type Story } from "./story.ts";

/** One rung: a code, and whether it applies. */
type Rung = readonly [BlockingCode, (story: Story, now: Instant, view: AdapterView) => boolean];

const isAlone = (story: Story) => story.asked.adapterId === "" && story.rules?.allowedAdapters.length === 0;

/** The triage ladder, from the top. */
const LADDER: readonly Rung[] = [
  ["NO_POLICY", ({ rules }) => rules === undefined],
  ["ALREADY_EXECUTED", (story) => happened(story, "EXECUTION_COMPLETED")],
  ["EXECUTION_FAILED", (story) => happened(story, "EXECUTION_FAILED")],
  ["REJECTED", (story) => happened(story, "DECISION_REJECTED")],
  ["CANCELLED", (story) => happened(story, "DECISION_CANCELLED")],
  ["EXECUTING", (story) => isBehindTheGate(story) && !isOver(story) && !happened(story, "EXECUTION_OUTCOME_UNKNOWN")],
  ["OUTCOME_UNKNOWN", (story) => happened(story, "EXECUTION_OUTCOME_UNKNOWN") && !isOver(story)],
  before(({ asked, rules }) => !rules.allowedModes.includes(asked.mode), "MODE_NOT_ALLOWED"),
  before(({ asked, rules }) => rules.maxSteps !== 0 && asked.steps > rules.maxSteps, "TOO_MANY_STEPS"),
  before((story, _, view) => {
    if (isAlone(story) || view.kind !== "known") return false;
    const needs = story.asked.mode === "APPLY" ? ["apply"] : [];
    return [...needs, ...story.rules.requireAdapterCapabilities].some((need) => !view.capabilities.includes(need));
  }, "ADAPTER_CAPABILITY_MISSING"),
  before((story, _, view) => {
    if (isAlone(story) || view.kind === "unknown") return true;
    return view.kind === "unchosen" && story.asked.adapterId !== "";
  }, "ADAPTER_UNKNOWN"),
  before(({ asked, rules }, _, view) => {
    const adapterId = view.kind === "unchosen" ? asked.adapterId : view.adapterId;
    return rules.allowedAdapters.length > 0 && adapterId !== "" && !rules.allowedAdapters.includes(adapterId);
  }, "ADAPTER_NOT_ALLOWED"),
  before((story, now) => {
    const standing = lastApprovals(story, "stands", now);
    const expired = lastApprovals(story, "expired", now);
    return missing(story.rules, standing) > 0 && missing(story.rules, [...standing, ...expired]) === 0;
  }, "APPROVAL_EXPIRED"),
  before((story, now) => missing(story.rules, lastApprovals(story, "stands", now)) > 0, "MISSING_APPROVALS"),
];

/** A rung that a policy puts there, and that was climbed once the gate is passed. */
function before(
  applies: (story: Story & { rules: NonNullable<Story["rules"]> }, now: Instant, view: AdapterView) => boolean,
  code: BlockingCode,
): Rung {
  return [
    code,
    (story, now, view) => {
      const { rules } = story;
      return rules !== undefined && !isBehindTheGate(story) && applies({ ...story, rules }, now, view);
    },
  ];
}

export function blockers(story: Story, now: Instant, view: AdapterView): readonly BlockingCode[] {
  return LADDER.filter(([, applies]) => applies(story, now, view)).map(([code]) => code);
}
