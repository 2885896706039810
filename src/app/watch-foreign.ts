import type { ImportId, Instant } from "../domain/ids.ts";
import type { Clock } from "./clock.ts";
import type { ForeignContent } from "./foreign-reading.ts";
import { Refused } from "./refused.ts";
import { createWake } from "./wake.ts";

export type ForeignMessage =
  | { readonly kind: "foreign_event"; readonly recorded: ForeignContent["events"][number] }
  | { readonly kind: "caught_up"; readonly headSeq: number }
  | { readonly kind: "heartbeat"; readonly time: Instant };

/**
 * Follows a log in another's format: every event from `fromSeq` in order, exactly once, then live as fast-forwards bring more. It has no end of its own: by the
 * original's rules a decision can always go on. No lifecycle is told, for none of ours follows from it.
 *
 * @throws {Refused} SEQ_OUT_OF_RANGE, STORED_LOG_CORRUPT, what `absent` says; SERVER_DRAINING when `draining` aborts.
 */
export type WatchForeign = (importId: ImportId, fromSeq: number, signal: AbortSignal) => AsyncIterable<ForeignMessage>;

export function createWatchForeign(ports: {
  readonly load: (importId: ImportId, signal?: AbortSignal) => Promise<ForeignContent>;
  /** Tells of every later change, until the returned function is called. */
  readonly listen: (importId: ImportId, listener: (change: ForeignContent | Error) => void) => () => void;
  readonly clock: Clock;
  readonly heartbeat: number;
  readonly draining: AbortSignal;
}): WatchForeign {
  const { load, listen, clock, heartbeat, draining } = ports;
  return async function* watch(importId, fromSeq, caller) {
    const signal = AbortSignal.any([caller, draining]);
    const wake = createWake(clock);
    let latest: ForeignContent | Error | undefined;
    const stop = listen(importId, (change) => {
      latest = change;
      wake.ring();
    });
    try {
      let { events } = await load(importId, caller);
      const headSeq = events.length - 1;
      if (fromSeq > headSeq + 1)
        throw new Refused("SEQ_OUT_OF_RANGE", `from_seq ${fromSeq}: the decision's last event is ${headSeq}.`, {
          facts: { head_seq: `${headSeq}` },
        });
      for (const recorded of events.slice(fromSeq)) yield { kind: "foreign_event", recorded };
      yield { kind: "caught_up", headSeq };
      let next = headSeq + 1;
      let spokenAt = performance.now();
      for (;;) {
        caller.throwIfAborted();
        if (draining.aborted)
          throw new Refused("SERVER_DRAINING", `The server is shutting down: watch again from ${next}.`, {
            facts: { next_seq: `${next}` },
          });
        if (latest instanceof Error) throw latest;
        if (latest !== undefined && latest.events.length >= events.length) events = latest.events;
        const fresh = events.slice(next);
        const silence = performance.now() - spokenAt;
        if (fresh.length === 0 && silence < heartbeat) {
          await wake.wait(Math.max(1, heartbeat - silence), signal);
          continue;
        }
        for (const recorded of fresh) yield { kind: "foreign_event", recorded };
        next += fresh.length;
        if (fresh.length === 0) yield { kind: "heartbeat", time: clock.now() };
        spokenAt = performance.now();
      }
    } finally {
      stop();
    }
  };
}
