import { expect, test } from "vitest";
import type { EventType } from "../../src/domain/event.ts";
import { evolve, IllegalEvent } from "../../src/domain/evolve.ts";
import { EVERY_COMMAND } from "./commands.ts";
import { EVERY_EVENT, type Fact, minute, WAY_TO } from "./facts.ts";
import { decisionOf, given, logOf } from "./given.ts";

/** The types of event that some command would write now, in time or late. */
function writable(way: readonly Fact[]): ReadonlySet<EventType> {
  const verdicts = Object.values(EVERY_COMMAND).flatMap(([actor, command]) =>
    [undefined, minute(10_000)].map((at) => given(...way).when(actor, command, at === undefined ? {} : { at }).verdict),
  );
  return new Set(verdicts.flatMap((verdict) => (verdict.accepted ? verdict.events.map(({ type }) => type) : [])));
}

/** The types of event that could follow in a log. */
function readable(way: readonly Fact[]): ReadonlySet<EventType> {
  const follows = (next: Fact) => {
    const last = logOf([...way, next]).at(-1);
    if (last === undefined) throw new RangeError("there is a last event");
    try {
      evolve(decisionOf(...way), last);
      return true;
    } catch (error) {
      if (!(error instanceof IllegalEvent)) throw error;
      return false;
    }
  };
  return new Set(
    Object.values(EVERY_EVENT)
      .filter(follows)
      .map(({ body }) => body.type),
  );
}

test.each(["gated", "started", "unknown", "completed", "failed"] as const)(
  "%s: no log can go on in a way that no command would have written",
  (phase) => {
    expect(readable(WAY_TO[phase])).toEqual(writable(WAY_TO[phase]));
  },
);
