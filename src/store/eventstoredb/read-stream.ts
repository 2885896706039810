import { type CallOptions, type ReadOptions, type StoredEvent, StreamCorrupt } from "../../app/event-store.ts";
import { toStored } from "./event-format.ts";
import type { Page } from "./read-page.ts";

/**
 * The events of one stream, page by page, without gaps: a log that does not begin at 0 (its stream was deleted once and has gone on, or was cut by $maxCount,
 * $maxAge or $tb) is refused, not read as if it were whole.
 */
export async function* readStream(
  stream: string,
  { from, direction = "forwards", limit = Number.MAX_SAFE_INTEGER, signal }: ReadOptions & CallOptions,
  page: (options: ReadOptions, signal: AbortSignal | undefined) => Promise<Page>,
): AsyncGenerator<StoredEvent> {
  const step = direction === "forwards" ? 1 : -1;
  let next = from ?? (step === 1 ? 0 : undefined);
  for (let left = limit; left > 0; ) {
    signal?.throwIfAborted();
    const { events, isLast } = await page({ from: next, direction, limit: left }, signal);
    for (const recorded of events) {
      const event = toStored(recorded);
      // Backwards the first one tells where the end is.
      const isEnd = step === -1 && (next === undefined || (left === limit && event.revision < next));
      if (!isEnd && event.revision !== next) throw gap(stream, next, event.revision);
      next = event.revision + step;
      left -= 1;
      yield event;
      if (next < 0) return;
    }
    if (!isLast && events.length === 0) throw gap(stream, next ?? "of the end", "nothing");
    if (!isLast) continue;
    if (step === -1 && next !== undefined && left > 0 && left < limit) throw gap(stream, next, "the beginning");
    return;
  }
}

function gap(stream: string, expected: number | string | undefined, found: number | string): StreamCorrupt {
  return new StreamCorrupt(
    stream,
    `revision ${expected} of stream ${stream} is missing: next comes ${found}. Was the stream deleted or cut?`,
  );
}
