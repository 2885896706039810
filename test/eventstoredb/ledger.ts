/** What the store holds: one log of all events, by streams. Imitates what EventStoreDB 24.6 decides, see README.md for each rule's source. */
export interface Ledger {
  append(stream: string, expected: Expected, events: readonly Proposed[]): Outcome;
  /** Soft: reads as not found afterwards, and goes on where it was. */
  softDelete(stream: string): Outcome;
  /** For good. */
  tombstone(stream: string): Outcome;
  /** Hides the events before a revision, as $tb, $maxCount and $maxAge do. */
  cut(stream: string, before: number): void;
  /** The visible events of a stream in order; why there are none. */
  stream(name: string): readonly Recorded[] | "not found" | "deleted";
  /** The revision of a stream's last event, hidden or not; -1: there is none. */
  lastRevision(name: string): number;
  /** All events in commit order, system events included. */
  readonly all: readonly Recorded[];
  /** Whether a record begins there, or did before it was cut out: the server reads on from the next one. */
  isPlace(position: bigint): boolean;
  /** Cuts events out of the log for good, as a scavenge does with what was deleted or has outlived its $maxAge. */
  scavenge(which: (event: Recorded) => boolean): void;
  /** Calls back after every commit, until the returned function is called. */
  onCommit(listener: () => void): () => void;
}

export type Expected = "any" | "no_stream" | "stream_exists" | bigint;

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface Recorded extends Proposed {
  readonly stream: string;
  readonly revision: bigint;
  /** Commit and prepare position: the same for everything that is written through gRPC. */
  readonly position: bigint;
}

export type Outcome =
  | { readonly kind: "success"; readonly revision: bigint | undefined; readonly position: bigint | undefined }
  | { readonly kind: "wrong version"; readonly actual: bigint | undefined }
  | { readonly kind: "deleted" }
  | { readonly kind: "too large" };

export const MAX_APPEND_SIZE = 1024 * 1024;
const TOMBSTONE_REVISION = 9_223_372_036_854_775_807n;
/** What a record takes in the log beside its content: positions are places in a file, not numbers of events. */
const RECORD_OVERHEAD = 113;

interface Stream {
  readonly events: Recorded[];
  /** Revisions below are hidden: what $tb says. */
  visibleFrom: number;
  softDeleted: boolean;
  tombstoned: boolean;
}

export function createLedger(): Ledger {
  const all: Recorded[] = [];
  const streams = new Map<string, Stream>();
  const listeners = new Set<() => void>();
  const places = new Set<bigint>();
  let end = 0n;

  for (const user of ["admin", "ops"]) write(`$user-${user}`, [system("$UserCreated")]);

  return {
    all,
    append(stream, expected, events) {
      const size = events.reduce(
        (sum, { data, metadata, type }) => sum + data.length + metadata.length + type.length,
        0,
      );
      if (size > MAX_APPEND_SIZE) return { kind: "too large" };
      const known = streams.get(stream);
      if (known?.tombstoned === true) return { kind: "deleted" };
      const last = BigInt((known?.events.length ?? 0) - 1);
      const goesOn = known?.softDeleted === true && expected === "no_stream";
      if (!goesOn) {
        const from = expected === "no_stream" ? -1n : expected;
        if (from === "stream_exists" && last < 0n) return { kind: "wrong version", actual: undefined };
        if (typeof from === "string") {
          const earlier = from === "any" ? repeatAnywhere(known, events) : undefined;
          if (earlier !== undefined) return earlier;
        } else if (from !== last || events.length === 0) {
          const earlier = repeatAt(known, from, events);
          return earlier ?? { kind: "wrong version", actual: last < 0n ? undefined : last };
        }
      }
      if (events.length === 0) return { kind: "success", revision: undefined, position: undefined };
      return write(stream, events);
    },
    softDelete(stream) {
      const known = streams.get(stream);
      if (known === undefined) return { kind: "wrong version", actual: undefined };
      if (known.tombstoned) return { kind: "deleted" };
      known.softDeleted = true;
      known.visibleFrom = known.events.length;
      return write(`$$${stream}`, [system("$metadata", '{"$tb":9223372036854775807}')]);
    },
    tombstone(stream) {
      const known = streams.get(stream) ?? create(stream);
      if (known.tombstoned) return { kind: "deleted" };
      known.tombstoned = true;
      const position = record(stream, TOMBSTONE_REVISION, {
        ...system("$streamDeleted"),
        contentType: BINARY,
      }).position;
      commit();
      return { kind: "success", revision: TOMBSTONE_REVISION, position };
    },
    cut(name, before) {
      const known = streams.get(name) ?? create(name);
      known.visibleFrom = before;
    },
    stream(name) {
      const known = streams.get(name);
      if (known?.tombstoned === true) return "deleted";
      if (known === undefined || known.softDeleted || known.events.length === 0) return "not found";
      return known.events.slice(known.visibleFrom);
    },
    lastRevision: (name) => (streams.get(name)?.events.length ?? 0) - 1,
    isPlace: (position) => places.has(position),
    scavenge(which) {
      all.splice(0, all.length, ...all.filter((event) => !which(event)));
    },
    onCommit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  function create(name: string): Stream {
    const stream: Stream = { events: [], visibleFrom: 0, softDeleted: false, tombstoned: false };
    streams.set(name, stream);
    return stream;
  }

  function write(name: string, events: readonly Proposed[]): Outcome {
    const stream = streams.get(name) ?? create(name);
    stream.softDeleted = false;
    for (const event of events) stream.events.push(record(name, BigInt(stream.events.length), event));
    commit();
    const last = stream.events.at(-1);
    return { kind: "success", revision: last?.revision, position: last?.position };
  }

  function record(stream: string, revision: bigint, event: Proposed): Recorded {
    const recorded = { ...event, stream, revision, position: end };
    end += BigInt(
      RECORD_OVERHEAD + event.data.length + event.metadata.length + 2 * (stream.length + event.type.length),
    );
    all.push(recorded);
    places.add(recorded.position);
    return recorded;
  }

  function commit(): void {
    for (const listener of listeners) listener();
  }
}

/** The very same ids at the very same place: the first answer again. Whatever their data are. */
function repeatAt(stream: Stream | undefined, from: bigint, events: readonly Proposed[]): Outcome | undefined {
  const first = Number(from) + 1;
  if (events.length === 0) return { kind: "success", revision: undefined, position: undefined };
  if (!events.every(({ id }, index) => stream?.events[first + index]?.id === id)) return undefined;
  const last = stream?.events[first + events.length - 1];
  return { kind: "success", revision: last?.revision, position: last?.position };
}

/** Best effort: wherever in this stream the first id is. */
function repeatAnywhere(stream: Stream | undefined, [first, ...rest]: readonly Proposed[]): Outcome | undefined {
  const at = stream?.events.findIndex(({ id }) => id === first?.id) ?? -1;
  return at < 0 || first === undefined ? undefined : repeatAt(stream, BigInt(at - 1), [first, ...rest]);
}

const BINARY = "application/octet-stream";

function system(type: string, data = "{}"): Proposed {
  return {
    id: crypto.randomUUID(),
    type,
    contentType: "application/json",
    data: Buffer.from(data),
    metadata: new Uint8Array(),
  };
}
