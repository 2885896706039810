import { checkStoredDigest } from "../src/app/stored-digest.ts";
import type { Decision } from "../src/domain/state.ts";
import { takeUp } from "../src/evidence/chain.ts";
import { type StoredText, storedLog } from "./stored-log.ts";

export interface ReplayResult {
  readonly events: number;
  readonly decisions: number;
  readonly milliseconds: number;
  readonly eventsPerSecond: number;
  /** By the CPU that the thread used: what it would be if nothing else wanted the machine. */
  readonly eventsPerCpuSecond: number;
  /** Length of the text of an event, on average. */
  readonly charactersPerEvent: number;
}

/** As many as a decision can have. */
export const EVENTS_PER_DECISION = 10_000;

/**
 * Replays the logs of decisions from their stored text, as loading does: every text is parsed, held against the canonical form, digested and compared with the
 * digest beside it and in the chain, and every event is taken up by the domain. Making the logs is not timed, reading a database is not part of it.
 */
export function measureReplay(decisions: number): ReplayResult {
  let events = 0;
  let characters = 0;
  let milliseconds = 0;
  let cpuMicroseconds = 0;
  for (let i = 0; i < decisions; i++) {
    const log = storedLog(EVENTS_PER_DECISION);
    const used = process.threadCpuUsage();
    const begun = performance.now();
    const decision = replay(log);
    milliseconds += performance.now() - begun;
    const { user, system } = process.threadCpuUsage(used);
    cpuMicroseconds += user + system;
    if (decision?.head.seq !== log.length - 1) throw new Error("the log was not replayed to its end");
    events += log.length;
    characters += log.reduce((sum, { text }) => sum + text.length, 0);
  }
  return {
    events,
    decisions,
    milliseconds,
    eventsPerSecond: (events * 1000) / milliseconds,
    eventsPerCpuSecond: (events * 1e6) / cpuMicroseconds,
    charactersPerEvent: characters / events,
  };
}

export function replay(log: readonly StoredText[]): Decision | undefined {
  let decision: Decision | undefined;
  for (const [seq, { text, metadata }] of log.entries()) {
    const taken = takeUp(decision, text);
    checkStoredDigest(seq, taken.recorded.digest, metadata);
    decision = taken.decision;
  }
  return decision;
}
