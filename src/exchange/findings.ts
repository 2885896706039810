import type { CheckedBundle } from "./check-bundle.ts";
import type { CheckedRun } from "./check-package.ts";
import type { ForeignEvent } from "./foreign-event.ts";
import { open, type Proof, proven } from "./proof.ts";

/** What can be known of a file of the original: what each finding says if it is proven. Those from no_chain on never are: the formats have nothing that could prove them. */
export const FINDINGS = {
  bundle_digest: "The bundle's digest is that of its log, header, template and router link.",
  event_digests: "Every event's digest is that of its type and payload.",
  sequence: "The events are those of one decision, numbered from 0 without a gap.",
  header: "The header says what the events say.",
  lifecycle: "The events can have happened in this order.",
  quorum: "Enough approvals stood whenever an execution was requested, by the times in the log.",
  template: "The policy is that of the template, with the overrides.",
  router_request: "What the router was asked follows from the log.",
  router_link: "The link between decision and run follows from the log.",
  binding: "The package's digest binds the bundle, the run and the link.",
  run_result: "The run's record in the package is the one that the log names.",
  run_record: "The record of the run has the digest that it says it has.",
  origin: "It was made of a log of Nexus Attest, which is in it, replays, and says the same.",
  no_chain: "No event names the one before: whoever changes the log can make every digest good again.",
  no_signature: "Nothing is signed: the file says nothing about who made it.",
  actors: "Actors are what the caller said of itself; they are in no event's digest.",
  times: "Times are those of the machine that wrote the event, need not increase, and are in no event's digest.",
  approved_content: "An approval does not say what it is for.",
  self_approval: "The requester's own approval counts.",
  capabilities: "What the adapter declared is not in the log; one that is not known counts as having every capability.",
  single_execution: "Nothing keeps a decision from being executed again.",
  template_digest: "What a template's digest is taken of is not in the file.",
  surroundings: "Provenance, and when the file was exported, are covered by no digest.",
} as const;

export type FindingName = keyof typeof FINDINGS;

export interface Finding extends Proof {
  readonly name: FindingName;
}

/** Longest list of names in a finding, and longest name. */
const MAX_NAMES = 10;
const MAX_NAME = 64;

/** What a bundle proves, and the package that it stands in; all findings in the order of the table. */
export function findingsOf(bundle: CheckedBundle, run: CheckedRun | undefined): readonly Finding[] {
  const { digest, events, decision, hasTemplate, routerLink, own } = bundle;
  const { executions, selfApprovals } = decision;
  const isStarted = executions.some(({ started }) => started !== undefined);
  const noRun = open("A bundle has no run in it.");
  const proofs: Partial<Record<FindingName, Proof>> = {
    bundle_digest: proven(`sha256:${digest}`),
    event_digests: proven(unknownIn(events)),
    sequence: proven(`${events.length} event${events.length === 1 ? "" : "s"}`),
    header: proven(),
    lifecycle: proven(),
    quorum: executions.length > 0 ? proven() : open("No execution was requested."),
    template: hasTemplate ? proven() : open("No template was used."),
    router_request: isStarted ? proven() : open("No execution has started."),
    router_link: routerLink === undefined ? open("The bundle has no router link.") : proven(),
    binding: run === undefined ? noRun : proven(`sha256:${run.bindingDigest}`),
    run_result: run?.result ?? noRun,
    run_record: run?.record ?? noRun,
    origin: own === undefined ? open("The events do not come from a log of Nexus Attest.") : proven(),
    self_approval: open(selfApprovals > 0 ? "It did in this decision." : "It did not in this decision."),
    single_execution: open(`This log has ${executions.length} execution${executions.length === 1 ? "" : "s"}.`),
  };
  return (Object.keys(FINDINGS) as FindingName[]).map((name) => ({ name, ...(proofs[name] ?? open("")) }));
}

/** What payloads hold beyond the format: the digests cover it. */
function unknownIn(events: readonly ForeignEvent[]): string {
  const names = [...new Set(events.flatMap(({ unknown }) => unknown))];
  if (names.length === 0) return "";
  const shown = names.slice(0, MAX_NAMES).map((name) => JSON.stringify(name.slice(0, MAX_NAME)));
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : "";
  return `Covered, but not known to the format: ${shown.join(", ")}${more}.`;
}
