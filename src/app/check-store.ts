import type { Digest, Instant } from "../domain/ids.ts";
import type { CheckPorts, CheckStream, Problem } from "./check-stream.ts";
import type { Clock } from "./clock.ts";
import { streamOf } from "./decision-logs.ts";
import { type Position, type StoredEvent, StreamCorrupt, UnknownPosition } from "./event-store.ts";
import { type KeysInContent, keysIn } from "./keys-in-content.ts";
import type { IndexContent, StoreContent } from "./store-content.ts";
import { STREAM_CHECKS, streamCheckOf } from "./stream-checks.ts";

/** What a check tells as it goes. */
export type CheckMessage =
  | { readonly kind: "problem"; readonly problem: Problem }
  /** A stream of a kind that nothing here knows: only its numbers and its order were looked at. */
  | { readonly kind: "not checked"; readonly stream: string; readonly events: number }
  /** So much has been read by now. */
  | { readonly kind: "progress"; readonly streams: number; readonly events: number };

/** What was looked at in the end. */
export interface Checked {
  readonly streams: number;
  readonly events: number;
  /** Undefined: no index was compared. */
  readonly index: { readonly rows: number; readonly isBehind: boolean } | undefined;
}

/** Longest message, in UTF-16 code units: one that compares lists of digests could be as long as these. */
const MAX_MESSAGE = 1_000;

/** How long the index may take to hear that a key was revoked, also where it has been fed later events meanwhile, in milliseconds. */
const KEY_NEWS = 60_000;

/** Events between two reports of progress. */
const PROGRESS_EVERY = 256;

/**
 * Checks everything in a store, stream by stream, and the index against it; changes nothing. Of the events it holds those that are being looked at, so it takes no more
 * memory for a large store than for a small one, apart from what the content itself keeps.
 *
 * Beside a running server it is right too: what was there at the beginning is checked, and the index is held to no more than it has been fed.
 *
 * @throws {StoreUnavailable} if the store cannot be read any more.
 */
export async function checkStore(
  ports: {
    readonly content: StoreContent;
    readonly index: IndexContent | undefined;
    readonly clock: Clock;
    readonly checks?: Readonly<Record<string, CheckStream>>;
  },
  tell: (message: CheckMessage) => void,
): Promise<Checked> {
  const { content, clock, index, checks = STREAM_CHECKS } = ports;
  const report = (problem: Problem) =>
    tell({ kind: "problem", problem: { ...problem, message: cut(problem.message) } });
  let streams = 0;
  let events = 0;

  for (const message of content.damage()) report({ kind: "STORE", message });
  for (const message of index?.damage() ?? []) report({ kind: "INDEX", message });
  // The index's position first: whatever it has been fed by then is in the store by now.
  const position = index?.position();
  const head = await content.head();
  const isOurs = position === undefined || isComparable(position, head);
  const isFed = (at: Position) => isOurs && position !== undefined && !content.isLater(at, position);
  let keys: KeysInContent | undefined;
  let isBehind = false;
  const checking: CheckPorts = {
    // One that belongs to other events says nothing of these.
    index: isOurs ? index : undefined,
    async keys(again) {
      if (keys === undefined || again !== undefined) keys = await keysIn(content);
      if (keys === undefined) return undefined;
      const { revocations } = keys;
      const mayBeNews = (keyId: Digest, at: Instant) => {
        const revokedAt = revocations.get(keyId);
        return revokedAt === undefined || !isFed(revokedAt) || clock.now() - at < KEY_NEWS;
      };
      return { ...keys, mayBeNews };
    },
    isIndexed(at) {
      if (isFed(at)) return true;
      isBehind = true;
      return false;
    },
    now: () => clock.now(),
  };
  for await (const stream of content.streams()) {
    streams += 1;
    await checkOne(stream);
  }
  const rows = isOurs && index !== undefined ? await checkRows(index) : 0;
  tell({ kind: "progress", streams, events });
  return {
    streams,
    events,
    index: index && { rows, isBehind },
  };

  /** Whether a position is one of this store; if it is, it should not be behind the last event. */
  function isComparable(fed: Position, last: Position | undefined): boolean {
    try {
      if (last === undefined || content.isLater(fed, last)) {
        const message = `it has been fed up to position ${fed}, but the last event is at ${last ?? "none"}: the newest events are gone, or it is the index of another store`;
        report({ kind: "INDEX", message });
      }
      return true;
    } catch (error) {
      if (!(error instanceof UnknownPosition)) throw error;
      report({ kind: "INDEX", message: `${error.message}: it is the index of another, and was not compared` });
      return false;
    }
  }

  async function checkOne(stream: string): Promise<void> {
    const check = streamCheckOf(stream, checks);
    const before = events;
    const counted = counting(inOrder(stream, content, report));
    try {
      if (check === undefined) for await (const _ of counted);
      else await check(stream, counted, checking, (problem) => report({ ...problem, stream }));
    } catch (error) {
      if (!(error instanceof StreamCorrupt)) throw error;
      const seq = error instanceof Misnumbered ? error.seq : undefined;
      report({ kind: "LOG", stream, seq, message: error.message });
    }
    if (check === undefined) tell({ kind: "not checked", stream, events: events - before });
  }

  async function* counting(read: AsyncIterable<StoredEvent>): AsyncGenerator<StoredEvent> {
    for await (const event of read) {
      events += 1;
      if (events % PROGRESS_EVERY === 0) tell({ kind: "progress", streams, events });
      yield event;
    }
  }

  /** Every row has to be of a decision that there is. */
  async function checkRows(of: IndexContent): Promise<number> {
    let count = 0;
    for (const decisionId of of.decisionIds()) {
      count += 1;
      const stream = streamOf(decisionId);
      if (!(await content.has(stream)))
        report({ kind: "INDEX", stream, message: "the index has a row of it, but there is no such decision" });
    }
    return count;
  }
}

/** The events of a stream are not numbered 0, 1, 2… */
class Misnumbered extends StreamCorrupt {
  /** The number that was due. */
  readonly seq: number;
  constructor(stream: string, seq: number, message: string) {
    super(stream, message);
    this.seq = seq;
  }
}

/** The events of a stream for as long as they are numbered as they must be; that they were committed in this order is reported and does not keep the rest. */
async function* inOrder(
  stream: string,
  content: StoreContent,
  report: (problem: Problem) => void,
): AsyncGenerator<StoredEvent> {
  let next = 0;
  let before: Position | undefined;
  for await (const event of content.events(stream)) {
    const { revision, position } = event;
    if (revision !== next) {
      const found = revision < next ? `there is another event ${revision}` : `it is missing, next comes ${revision}`;
      throw new Misnumbered(stream, next, `${found}: what follows was not looked at`);
    }
    if (before !== undefined && !content.isLater(position, before))
      report({
        kind: "LOG",
        stream,
        seq: revision,
        message: `it stands at position ${position}, before the event before it`,
      });
    before = position;
    next += 1;
    yield event;
  }
  if (next === 0) report({ kind: "LOG", stream, message: "the stream has no events" });
}

function cut(text: string): string {
  return text.length <= MAX_MESSAGE ? text : `${text.slice(0, MAX_MESSAGE).toWellFormed()}…`;
}
