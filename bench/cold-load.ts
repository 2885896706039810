import { join } from "node:path";
import { createDecisionLogs, streamOf } from "../src/app/decision-logs.ts";
import { decodeEvent } from "../src/codec/stored-event.ts";
import type { DecisionId } from "../src/domain/ids.ts";
import { openSqliteEventStore } from "../src/store/sqlite/event-store.ts";
import { EVENTS_PER_DECISION } from "./replay.ts";
import { storedLog } from "./stored-log.ts";

/** Milliseconds to load a decision that has as many events as it can, from a database on disk that nobody has read before in this process. */
export async function measureColdLoad(directory: string): Promise<number> {
  const log = storedLog(EVENTS_PER_DECISION).map(({ text, metadata }) => ({ ...decodeEvent(text), text, metadata }));
  const decisionId: DecisionId | undefined = log[0]?.decisionId;
  if (decisionId === undefined) throw new Error("there is no log");
  const store = await openSqliteEventStore({ directory: join(directory, "cold") });
  try {
    const events = log.map(({ eventId, body, text, metadata }) => ({
      id: eventId,
      type: body.type,
      data: text,
      metadata,
    }));
    for (let at = 0; at < events.length; at += 1_000)
      await store.append(streamOf(decisionId), at === 0 ? "none" : at - 1, events.slice(at, at + 1_000));
    const begun = performance.now();
    const loaded = await createDecisionLogs(store).load(decisionId);
    const milliseconds = performance.now() - begun;
    if (loaded?.events.length !== EVENTS_PER_DECISION) throw new Error("the log was not loaded to its end");
    return milliseconds;
  } finally {
    await store.close();
  }
}
