import { randomUUID } from "node:crypto";
import { onTestFinished } from "vitest";
import type { EventStore, FollowMessage, NewEvent, Position, StoredEvent } from "../../src/app/event-store.ts";
import { eventually } from "../support/eventually.ts";
import type { StoreContract } from "./event-store.ts";

/** Opens a store for the running test; closed when the test has ended. */
export async function openFor(contract: StoreContract): Promise<EventStore> {
  const open = await contract.prepare();
  const store = await open();
  onTestFinished(() => store.close());
  return store;
}

/** A prefix that no other test uses: the data may be shared with others. */
export function newPrefix(): string {
  return `contract${randomUUID().replaceAll("-", "")}-`;
}

export function newEvent(value: unknown = {}, metadata?: string): NewEvent {
  return { id: randomUUID(), type: "TESTED", data: JSON.stringify({ value }), metadata };
}

export function newEvents(count: number): readonly NewEvent[] {
  return Array.from({ length: count }, (_, index) => newEvent(index));
}

/** What was handed in, as far as it can be compared with what comes back. */
export function contentOf({ id, type, data, metadata }: NewEvent): object {
  return { id, type, data, metadata };
}

export async function readAll(
  store: EventStore,
  stream: string,
  options?: Parameters<EventStore["read"]>[1],
): Promise<readonly StoredEvent[]> {
  return await Array.fromAsync(store.read(stream, options));
}

/** A subscription that is read as fast as it comes. */
export interface Following {
  readonly events: readonly StoredEvent[];
  readonly messages: readonly FollowMessage[];
  /** Waits until so many events have come. */
  reached(count: number): Promise<readonly StoredEvent[]>;
  /** Waits until everything so far has come. */
  caughtUp(): Promise<void>;
  /** Aborts it; resolves to the error it ended with, undefined if it ended quietly. */
  stop(): Promise<unknown>;
  /** Resolves once it has ended, to its error if it had one. */
  readonly ended: Promise<unknown>;
}

export function following(store: EventStore, prefix: string, after?: Position): Following {
  const events: StoredEvent[] = [];
  const messages: FollowMessage[] = [];
  const stopping = new AbortController();
  const ended = run().then(
    () => undefined,
    (error: unknown) => error,
  );
  onTestFinished(async () => {
    stopping.abort();
    await ended;
  });
  return {
    events,
    messages,
    ended,
    async reached(count) {
      await eventually(`${count} events followed`, () => events.length >= count);
      return events;
    },
    async caughtUp() {
      await eventually("caught up", () => messages.some(({ kind }) => kind === "caught_up"));
    },
    async stop() {
      stopping.abort();
      return await ended;
    },
  };

  async function run(): Promise<void> {
    for await (const message of store.follow(prefix, after, { signal: stopping.signal })) {
      messages.push(message);
      if (message.kind === "event") events.push(message.event);
    }
  }
}
