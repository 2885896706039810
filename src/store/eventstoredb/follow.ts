import { type FollowMessage, type Position, StoreUnavailable, UnknownPosition } from "../../app/event-store.ts";
import type { Log } from "../../app/log.ts";
import { CallFailed } from "./bounded.ts";
import type { Client } from "./client.ts";
import { toFollowed } from "./event-format.ts";
import { failureOf } from "./failure.ts";
import { Failed, pauseBefore, sleep, type Timing } from "./insist.ts";
import { placeOf, toPosition } from "./position.ts";
import { subscribe } from "./subscription.ts";
import type { WholeLog } from "./whole-log.ts";

/**
 * Everything in the streams with a prefix, after a position, for ever: one subscription after the other, each from where the last one ended.
 *
 * It reports to be caught up once the server says so, and again whenever it has handed on all that has arrived since. The position is then that of the last
 * event of all, which was read before the subscription began, or of the last event handed on. Where a subscription has ended, it reports to be interrupted, once
 * until the next one hands on an event or is caught up.
 */
export async function* follow(
  { client, wholeLog, timing, log, look }: FollowPorts,
  prefix: string,
  after: Position | undefined,
  signal: AbortSignal,
): AsyncGenerator<FollowMessage, void> {
  /** The last event handed on: whatever comes up to there has been seen. */
  let seen = after === undefined ? undefined : placeOf(after);
  /** Beyond that the server has looked, and found nothing. */
  let looked: bigint | undefined;
  let told: bigint | undefined | "nothing yet" = "nothing yet";
  let isFirst = true;
  let isInterrupted = false;

  for (let failures = 0; !signal.aborted; failures++) {
    try {
      const from = await startingPlace();
      isFirst = false;
      const goal = await wholeLog.end(timing, signal);
      let isLive = false;
      for await (const said of subscribe(client, prefix, from, signal, timing.silence)) {
        if (signal.aborted) return;
        switch (said.kind) {
          case "event": {
            failures = 0;
            const place = said.event.position?.commit;
            if (place === undefined || (seen !== undefined && place <= seen)) break;
            seen = place;
            isInterrupted = false;
            yield { kind: "event", event: toFollowed(said.event) };
            break;
          }
          case "checkpoint":
            failures = 0;
            looked = said.place;
            break;
          case "live":
            failures = 0;
            isLive = true;
            void look();
            break;
          case "behind":
            isLive = false;
            break;
          case "drained": {
            const reached = later(seen, goal);
            if (!isLive || told === reached) break;
            told = reached;
            isInterrupted = false;
            yield { kind: "caught_up", position: reached === undefined ? undefined : toPosition(reached) };
            break;
          }
          case "silent":
            // Until it is live the server owes it at least that word.
            if (!isLive || (await hasMissedSomething(goal)))
              throw new StoreUnavailable("the subscription says nothing of new events");
        }
      }
      if (!signal.aborted) log.debug({ prefix }, "the subscription ended: going on from the last position");
    } catch (error) {
      if (error instanceof UnknownPosition) throw error;
      if (signal.aborted) return;
      void look();
      log.debug({ prefix, reason: wordsOf(error) }, "the subscription failed: going on from the last position");
    }
    if (!signal.aborted && !isInterrupted) {
      isInterrupted = true;
      told = "nothing yet";
      yield { kind: "interrupted" };
    }
    await sleep(pauseBefore(timing, failures), signal);
  }

  /** The furthest place from which the server skips nothing unseen. Records may be gone by now; in the end there is the beginning, and what was seen is passed over. */
  async function startingPlace(): Promise<bigint | undefined> {
    for (const place of new Set([later(looked, seen), seen])) {
      if (place === undefined || (await wholeLog.holds(place, timing, signal))) return place;
      if (isFirst) throw new UnknownPosition(toPosition(place));
    }
    return undefined;
  }

  /** Whether the log goes on beyond what is known to have been looked through. It may be other streams' events that do: nobody can tell without looking. */
  async function hasMissedSomething(goal: bigint | undefined): Promise<boolean> {
    const end = await wholeLog.end(timing, signal);
    const known = later(later(seen, looked), goal);
    return end !== known && later(end, known) === end;
  }
}

export interface FollowPorts {
  readonly client: Client;
  readonly wholeLog: WholeLog;
  readonly timing: Timing;
  readonly log: Log;
  /** Asked when the connection goes and comes, so that the log tells of it though nobody asks for the health. */
  readonly look: () => Promise<unknown>;
}

function later(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

function wordsOf(error: unknown): string {
  if (error instanceof Failed || error instanceof StoreUnavailable) return error.message;
  return failureOf(new CallFailed(error, true)).reason;
}
