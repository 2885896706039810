import { type Finding, unless } from "./finding.js";
import type { LogEvent } from "./log.js";
import type { OpenedPackage } from "./opened-package.js";

// Checks that need events that can be read. Unlike replay they look at all of them, whether they can follow each other or not.

export function eventSequence(events: readonly LogEvent[], { bundle }: OpenedPackage): Finding {
  const ids = new Set<string | undefined>();
  const problems = events.map(({ place, given, occurredAt }) => {
    const isNew = !ids.has(given.eventId);
    ids.add(given.eventId);
    if ((given.seq ?? 0) !== place) return `event ${place}: seq is not its place`;
    if ((given.decisionId ?? "") !== (bundle.decisionId ?? ""))
      return `event ${place}: decisionId is not that of the control bundle`;
    if (!isNew) return `event ${place}: an earlier event has its eventId`;
    const before = events[place - 1];
    return before !== undefined && occurredAt < before.occurredAt ? `event ${place} is before the event before it` : "";
  });
  return unless(...problems);
}

export function eventChain(events: readonly LogEvent[]): Finding {
  return unless(
    ...events.map(({ place, given }) =>
      (given.previousDigest ?? "") === (events[place - 1]?.digest ?? "")
        ? ""
        : `event ${place}: previousDigest is not that of the event before`,
    ),
  );
}
