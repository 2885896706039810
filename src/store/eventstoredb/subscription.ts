import { type RecordedEvent, START, streamNameFilter } from "@eventstore/db-client";
import type { CallTicket, Client } from "./client.ts";
import type { Ticket } from "./guard.ts";
import { logPosition } from "./position.ts";
import { whileWanted } from "./while-wanted.ts";

/** What a subscription says. */
export type Said =
  | { readonly kind: "event"; readonly event: RecordedEvent }
  /** Everything up to there has been looked through. */
  | { readonly kind: "checkpoint"; readonly place: bigint }
  /** From here on events come as they are committed; or no longer. */
  | { readonly kind: "live" | "behind" }
  /** Nothing more has arrived yet. */
  | { readonly kind: "drained" }
  /** Nothing has arrived for a while. */
  | { readonly kind: "silent" };

/** Events that are taken from the connection ahead of the reader. Beyond that the server waits. */
const AHEAD = 16;

/** How long nothing has to arrive for what came before to count as all there is for now, in milliseconds: events that were written together come one by one. */
const QUIET = 5;

/** Events that the server looks through between checkpoints. */
const CHECKPOINT_EVERY = 512;

/**
 * One subscription to the events of the streams with a prefix, just after a place, until it ends: well, or by an error. The client's subscriptions never come
 * back by themselves.
 *
 * @param silence milliseconds.
 */
export async function* subscribe(
  { calls }: Client,
  prefix: string,
  after: bigint | undefined,
  signal: AbortSignal,
  silence: number,
): AsyncGenerator<Said, void> {
  const ending = new AbortController();
  const ticket: Ticket = { signal: AbortSignal.any([signal, ending.signal]), deadline: undefined, begun: false };
  // What is said beside the events overtakes those that wait in the stream's buffer, which does no harm: they are handed on before anything ends, and
  // before it is said that nothing more has arrived. Of what overtakes only the last word counts.
  let mode: "live" | "behind" | undefined;
  let checkpoint: bigint | undefined;
  let over = false;
  let failure: Error | undefined;
  let ring = () => {};

  const options: CallTicket = { ticket };
  const filter = streamNameFilter({
    prefixes: [prefix],
    maxSearchWindow: CHECKPOINT_EVERY,
    checkpointInterval: 1,
    checkpointReached: async (_, { commit }) => {
      checkpoint = commit;
      ring();
    },
  });
  const fromPosition = after === undefined ? START : logPosition(after);
  const stream = whileWanted(
    calls.subscribeToAll({ ...options, filter, fromPosition, requiresLeader: true }, { highWaterMark: AHEAD }),
    ticket.signal,
  );
  stream.on("caughtUp", () => turn("live"));
  stream.on("fellBehind", () => turn("behind"));
  stream.on("readable", () => ring());
  stream.on("error", (error) => finish(error));
  stream.on("end", () => finish());
  stream.on("close", () => finish());

  try {
    for (;;) {
      if (mode !== undefined) {
        const said: Said = { kind: mode };
        mode = undefined;
        yield said;
      }
      if (checkpoint !== undefined) {
        const said: Said = { kind: "checkpoint", place: checkpoint };
        checkpoint = undefined;
        yield said;
      }
      const resolved = stream.read();
      if (resolved !== null) {
        if (resolved.event !== undefined) yield { kind: "event", event: resolved.event };
        continue;
      }
      if (failure !== undefined) throw failure;
      if (over || ticket.signal.aborted) return;
      if (await rung(QUIET)) continue;
      yield { kind: "drained" };
      if (!(await rung(silence))) yield { kind: "silent" };
    }
  } finally {
    ending.abort();
  }

  function turn(to: "live" | "behind"): void {
    mode = to;
    ring();
  }

  function finish(error?: Error): void {
    over = true;
    failure ??= error;
    ring();
  }

  /** Waits for news; whether there were any within so many milliseconds. */
  async function rung(within: number): Promise<boolean> {
    const isNews = mode !== undefined || checkpoint !== undefined || stream.readableLength > 0;
    if (isNews || over || ticket.signal.aborted) return true;
    return await new Promise<boolean>((done) => {
      const timer = setTimeout(() => done(false), within);
      ring = () => {
        clearTimeout(timer);
        done(true);
      };
    });
  }
}
