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

export interface Finding {
  readonly name: FindingName;
  readonly isProven: boolean;
  /** What there is to say of this file in particular; may be empty. */
  readonly detail: string;
}

/** All findings in the order of the table. */
export function findingsOf(
  proven: Partial<Record<FindingName, string>>,
  missing: Partial<Record<FindingName, string>>,
): readonly Finding[] {
  return (Object.keys(FINDINGS) as FindingName[]).map((name) => {
    const detail = proven[name];
    return detail === undefined
      ? { name, isProven: false, detail: missing[name] ?? "" }
      : { name, isProven: true, detail };
  });
}
