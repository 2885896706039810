import type { Clock } from "./clock.ts";
import type { EventStore } from "./event-store.ts";
import { storeAway } from "./store-away.ts";
import type { StoreContent } from "./store-content.ts";

/** Streams that belong to the store itself. */
const SYSTEM = "$";

/**
 * What a store holds, by the port alone. Streams are found by following everything once, and each is read as it is first met; so every event is fetched twice, and
 * the names of all streams are kept.
 */
export function contentOfStore(store: EventStore, clock: Clock): StoreContent {
  const met = new Set<string>();
  return {
    head: () => store.head(),
    isLater: (position, other) => store.isLater(position, other),
    total: undefined,
    damage: () => [],
    async *streams() {
      const end = await store.head();
      if (end === undefined) return;
      const stopping = new AbortController();
      const away = storeAway(store, clock, stopping.signal).then((failure) => {
        stopping.abort();
        return failure;
      });
      try {
        for await (const message of store.follow("", undefined, { signal: stopping.signal })) {
          if (message.kind === "interrupted") continue;
          if (message.kind === "caught_up" || store.isLater(message.event.position, end)) return;
          const { stream } = message.event;
          if (stream.startsWith(SYSTEM) || met.has(stream)) continue;
          met.add(stream);
          yield stream;
        }
      } finally {
        stopping.abort();
      }
      const failure = await away;
      if (failure !== undefined) throw failure;
    },
    events: (stream) => store.read(stream),
    async has(stream) {
      if (met.has(stream)) return true;
      for await (const _ of store.read(stream, { limit: 1 })) return true;
      return false;
    },
  };
}
