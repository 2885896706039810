import type { EventStore } from "../../src/app/event-store.ts";
import { contentOf } from "../contract/stored-material.ts";

/** All that a store holds in streams with a prefix: by stream, each event with its id, type, data and metadata as text. */
export async function everythingIn(store: EventStore, prefix: string): Promise<ReadonlyMap<string, readonly object[]>> {
  const streams = new Set<string>();
  for await (const message of store.follow(prefix, undefined)) {
    if (message.kind === "caught_up") break;
    if (message.kind === "event") streams.add(message.event.stream);
  }
  const found = new Map<string, readonly object[]>();
  for (const stream of [...streams].toSorted())
    found.set(stream, (await Array.fromAsync(store.read(stream))).map(contentOf));
  return found;
}
