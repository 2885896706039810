import { decodeEvent } from "../src/codec/stored-event.ts";
import { evolve } from "../src/domain/evolve.ts";
import type { Decision } from "../src/domain/state.ts";
import { digestOf } from "../src/evidence/digest.ts";
import { EVENTS_PER_DECISION, replay } from "./replay.ts";
import { storedLog } from "./stored-log.ts";

export interface ReplayPart {
  readonly what: string;
  /** Of the thread's CPU. */
  readonly microsecondsPerEvent: number;
}

const LAPS = 5;

/** What the replay of one event is made of: each part alone over the same log, the best of a few laps. */
export function measureReplayParts(): readonly ReplayPart[] {
  const log = storedLog(EVENTS_PER_DECISION);
  const recorded = log.map(({ text }) => ({ event: decodeEvent(text), digest: digestOf(text) }));
  const each = (work: (text: string) => unknown) => () => {
    for (const { text } of log) work(text);
  };
  return [
    part("JSON.parse alone", each(JSON.parse)),
    part("SHA-256 of the text", each(digestOf)),
    part("decode: parse, read strictly, hold against the canonical form", each(decodeEvent)),
    part("evolve", () => recorded.reduce<Decision | undefined>(evolve, undefined)),
    part("all of it", () => replay(log)),
  ];
}

function part(what: string, work: () => unknown): ReplayPart {
  let best = Number.POSITIVE_INFINITY;
  for (let lap = 0; lap < LAPS; lap++) {
    const begun = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(begun);
    best = Math.min(best, user + system);
  }
  return { what, microsecondsPerEvent: best / EVENTS_PER_DECISION };
}
