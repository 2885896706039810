import { KEY_STREAM } from "./approver-keys.ts";
import { type CopyPorts, copyStream, type StreamCopy } from "./copy-stream.ts";
import { DECISION_STREAMS } from "./decision-logs.ts";
import { IMPORTED_STREAMS } from "./import-metadata.ts";
import { storeAway } from "./store-away.ts";
import { TEMPLATE_STREAMS } from "./template-log.ts";

/** The streams that make up everything: all of a kind begin alike. */
const PREFIXES = [DECISION_STREAMS, TEMPLATE_STREAMS, KEY_STREAM, IMPORTED_STREAMS] as const;

/** Streams that are copied at the same time; each holds one log in memory. */
const AT_ONCE = 8;

/**
 * Copies everything from one store to another, stream by stream in the order in which the source first met them. A stream that cannot be copied does not keep the
 * others.
 *
 * @param told what became of each stream, as it is known.
 * @throws {StoreUnavailable} if one of the stores cannot be reached. What was told stays done; a repeat goes on from there.
 * @throws {AppendOutcomeUnknown} likewise.
 */
export async function copyStreams(ports: CopyPorts, told: (stream: string, copy: StreamCopy) => void): Promise<void> {
  const { source, clock } = ports;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  let failure: Error | undefined;
  void storeAway(source, clock, stopping.signal).then((away) => away && fail(away));
  try {
    for (const prefix of PREFIXES) if (!stopping.signal.aborted) await copyAll(prefix);
  } catch (error) {
    fail(error as Error);
  }
  await Promise.all(underWay);
  stopping.abort();
  if (failure !== undefined) throw failure;

  async function copyAll(prefix: string): Promise<void> {
    const met = new Set<string>();
    for await (const message of source.follow(prefix, undefined, { signal: stopping.signal })) {
      if (message.kind === "caught_up") return;
      if (message.kind === "interrupted") continue;
      const { stream } = message.event;
      if (met.has(stream)) continue;
      met.add(stream);
      while (underWay.size >= AT_ONCE) await Promise.race(underWay);
      if (stopping.signal.aborted) return;
      begin(stream);
    }
  }

  function begin(stream: string): void {
    const copying = copyStream(ports, stream)
      .then((copy) => told(stream, copy), fail)
      .finally(() => underWay.delete(copying));
    underWay.add(copying);
  }

  function fail(error: Error): void {
    failure ??= error;
    stopping.abort();
  }
}
