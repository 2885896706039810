import type { RecordedEvent } from "../domain/event.ts";
import type { Instant } from "../domain/ids.ts";
import { isEqual } from "../domain/is-equal.ts";
import { type KeyView, keyLostAt } from "../domain/key-view.ts";
import type { Lifecycle } from "../domain/lifecycle.ts";
import { type Decision, gateOf, isTerminal } from "../domain/state.ts";
import { timelineOf } from "../domain/timeline.ts";
import type { TimelineEntry } from "../domain/timeline-entry.ts";
import type { Circumstances, FindCircumstances } from "./circumstances.ts";
import type { Clock } from "./clock.ts";
import { decisionAfter } from "./decision-after.ts";
import type { DecisionLog } from "./decision-logs.ts";
import type { LogFeed } from "./log-feed.ts";
import { Refused } from "./refused.ts";
import type { RunProgress } from "./router.ts";
import type { RunProgressBoard } from "./run-progress.ts";
import { createWake } from "./wake.ts";

export type WatchMessage =
  | { readonly kind: "event"; readonly recorded: RecordedEvent }
  | { readonly kind: "lifecycle"; readonly update: LifecycleUpdate }
  | { readonly kind: "caught_up"; readonly headSeq: number }
  | { readonly kind: "progress"; readonly progress: RunProgress }
  | { readonly kind: "heartbeat"; readonly time: Instant };

export interface LifecycleUpdate {
  readonly lifecycle: Lifecycle;
  readonly cause: "INITIAL" | "EVENT" | "TIME" | "KEY_REVOKED" | "GUARDRAILS";
  /** Timeline entries since the last update, at most {@link MAX_NEW_ENTRIES}. */
  readonly newEntries: readonly TimelineEntry[];
}

/**
 * Follows one log: every event from `fromSeq` in order, exactly once, then live; the lifecycle after each, whenever time alone changes it, and when a key that
 * signed an approval is revoked. Returns once a terminal state has been delivered. A slow reader holds nothing but a reference to the log that all watchers of the decision share.
 *
 * @throws {Refused} SEQ_OUT_OF_RANGE, STORED_LOG_CORRUPT, what the ports say of a log that is not there; SERVER_DRAINING when `draining` aborts.
 */
export type WatchLog<Id> = (id: Id, fromSeq: number, signal: AbortSignal) => AsyncIterable<WatchMessage>;

const MAX_NEW_ENTRIES = 20;

interface Judgement {
  readonly lifecycle: Lifecycle;
  readonly entries: readonly TimelineEntry[];
  /** When each approval loses its key, as far as was known. */
  readonly keyEnds: string;
}

export function createWatchLog<Id>(ports: {
  readonly logs: { load(id: Id, signal?: AbortSignal): Promise<DecisionLog | undefined> };
  readonly feed: Pick<LogFeed<Id>, "listen">;
  readonly progress: Pick<RunProgressBoard<Id>, "listen" | "latest">;
  readonly findCircumstances: FindCircumstances;
  readonly judge: (decision: Decision, now: Instant, circumstances: Circumstances) => Lifecycle;
  /** Rings after changes of what it is judged by beside its log, until the returned function is called. */
  readonly listenToWorld: (ring: () => void) => () => void;
  /** The lifecycle is told after each event, or of several that came together after the last. */
  readonly toldAfter: "each event" | "the last event";
  readonly absent: (id: Id) => Refused;
  readonly clock: Clock;
  /** Time without a message after which one says that the connection is alive, in milliseconds. */
  readonly heartbeat: number;
  /** Aborts when the server is shutting down. */
  readonly draining: AbortSignal;
}): WatchLog<Id> {
  const { logs, feed, progress, findCircumstances, listenToWorld, toldAfter, absent, clock, heartbeat, draining } =
    ports;
  /** What all watchers at the head of a log are told, worked out once. */
  const shared = new WeakMap<Decision, Promise<Judgement>>();

  return async function* watch(id, fromSeq, caller) {
    const signal = AbortSignal.any([caller, draining]);
    const wake = createWake(clock);
    let latest: DecisionLog | Error | undefined;
    const stopFeed = feed.listen(id, (change) => {
      latest = change;
      wake.ring();
    });
    const stopProgress = progress.listen(id, wake.ring);
    let worldChanged = false;
    const stopWorld = listenToWorld(() => {
      worldChanged = true;
      wake.ring();
    });
    try {
      const begun = await logs.load(id, caller);
      if (begun === undefined) throw absent(id);
      let log = begun;
      let next = fromSeq;
      const headSeq = log.decision.head.seq;
      if (next > headSeq + 1)
        throw new Refused("SEQ_OUT_OF_RANGE", `from_seq ${fromSeq}: the decision's last event is ${headSeq}.`, {
          facts: { head_seq: `${headSeq}` },
        });
      for (const recorded of log.events.slice(next)) yield { kind: "event", recorded };
      next = headSeq + 1;

      let judgement = await judge(log.events, log.decision);
      let update = newSince(judgement, "INITIAL", fromSeq - 1, undefined);
      yield { kind: "lifecycle", update };
      yield { kind: "caught_up", headSeq };

      let told: RunProgress | undefined;
      let spokenAt = performance.now();
      let decision = log.decision;
      while (!isTerminal(decision.phase)) {
        caller.throwIfAborted();
        if (draining.aborted)
          throw new Refused("SERVER_DRAINING", `The server is shutting down: watch again from ${next}.`, {
            facts: { next_seq: `${next}` },
          });
        if (latest instanceof Error) throw latest;
        if (latest !== undefined && latest.decision.head.seq >= log.decision.head.seq) log = latest;

        const recorded = log.events[next];
        if (recorded !== undefined) {
          const first = next;
          for (const each of log.events.slice(next, toldAfter === "each event" ? next + 1 : undefined)) {
            yield { kind: "event", recorded: each };
            next += 1;
          }
          judgement = await judgeAfter(log, next - 1);
          update = newSince(judgement, "EVENT", first, update.lifecycle.evaluatedAt);
          yield { kind: "lifecycle", update };
          decision = decisionAfter(log, next - 1);
        } else if (update.lifecycle.nextChangeAt !== undefined && update.lifecycle.nextChangeAt <= clock.now()) {
          judgement = await judge(log.events, log.decision);
          update = newSince(judgement, "TIME", next, update.lifecycle.evaluatedAt);
          yield { kind: "lifecycle", update };
        } else if (worldChanged) {
          worldChanged = false;
          const judgedAnew = await judge(log.events, log.decision);
          shared.delete(log.decision);
          const cause = whatChanged(judgement, judgedAnew);
          if (cause === undefined || gateOf(log.decision.phase) !== undefined) continue;
          judgement = judgedAnew;
          update = newSince(judgement, cause, next, update.lifecycle.evaluatedAt);
          yield { kind: "lifecycle", update };
        } else if (progress.latest(id) !== told) {
          told = progress.latest(id);
          if (told === undefined) continue;
          yield { kind: "progress", progress: told };
        } else {
          const silence = performance.now() - spokenAt;
          if (silence < heartbeat) {
            const change = (update.lifecycle.nextChangeAt ?? Number.POSITIVE_INFINITY) - clock.now();
            await wake.wait(Math.max(1, Math.min(heartbeat - silence, change)), signal);
            continue;
          }
          yield { kind: "heartbeat", time: clock.now() };
        }
        spokenAt = performance.now();
      }
    } finally {
      stopFeed();
      stopProgress();
      stopWorld();
    }
  };

  /** How it stands after an event; judged once for all watchers that have kept up. */
  async function judgeAfter(log: DecisionLog, seq: number): Promise<Judgement> {
    if (seq < log.decision.head.seq) return await judge(log.events.slice(0, seq + 1), decisionAfter(log, seq));
    const judgement = shared.get(log.decision) ?? judge(log.events, log.decision);
    shared.set(log.decision, judgement);
    // A fault is no judgement to share.
    judgement.catch(() => shared.delete(log.decision));
    return await judgement;
  }

  async function judge(events: readonly RecordedEvent[], decision: Decision): Promise<Judgement> {
    const circumstances = await findCircumstances(decision);
    const { keys, notBefore } = circumstances;
    const now = Math.max(clock.now(), decision.head.occurredAt, notBefore);
    return {
      lifecycle: ports.judge(decision, now, circumstances),
      entries: timelineOf(events, now, keys),
      keyEnds: keyEndsOf(decision, keys),
    };
  }
}

function keyEndsOf({ approvals }: Decision, keys: KeyView): string {
  return approvals.map((approval) => keyLostAt(approval, keys) ?? "").join();
}

/** New are the entries of events from `seq` on, and derived ones later than the last judgement. */
function newSince(
  { lifecycle, entries }: Judgement,
  cause: LifecycleUpdate["cause"],
  seq: number,
  since: Instant | undefined,
): LifecycleUpdate {
  const isNew = (entry: TimelineEntry) => entry.seq >= seq || (since !== undefined && entry.time > since);
  return { lifecycle, cause, newEntries: entries.slice(-MAX_NEW_ENTRIES).filter(isNew) };
}

/** What of the world made a judgement another one; undefined: it is the same. */
function whatChanged(before: Judgement, after: Judgement): "KEY_REVOKED" | "GUARDRAILS" | undefined {
  if (before.keyEnds !== after.keyEnds) return "KEY_REVOKED";
  const guarded = ({ lifecycle }: Judgement) =>
    lifecycle.blockingReasons.filter(({ code }) => code === "GUARDRAIL_NOT_MET");
  return isEqual(guarded(before), guarded(after)) ? undefined : "GUARDRAILS";
}
