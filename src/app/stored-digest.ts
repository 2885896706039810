import type { Digest } from "../domain/ids.ts";
import { BrokenLog } from "../evidence/chain.ts";

/**
 * An event's own digest goes beside it as metadata. The chain alone cannot tell that the last event of a log was damaged, for nothing that follows
 * commits to it yet.
 */
export function digestMetadata(digest: Digest): string {
  return JSON.stringify({ digest });
}

/**
 * Compares an event with the digest that was stored beside it, if there is one.
 *
 * @throws {BrokenLog} if they differ.
 */
export function checkStoredDigest(seq: number, digest: Digest, metadata: string | undefined): void {
  // Nearly always it stands there as this server writes it, which needs no parsing.
  if (metadata === undefined || metadata === digestMetadata(digest)) return;
  if (digestIn(seq, metadata) !== digest)
    throw new BrokenLog(`event ${seq}: it does not have the digest that was stored beside it`);
}

function digestIn(seq: number, metadata: string): unknown {
  try {
    const value: unknown = JSON.parse(metadata);
    return typeof value === "object" && value !== null && "digest" in value ? value.digest : undefined;
  } catch (cause) {
    throw new BrokenLog(`event ${seq}: its metadata cannot be read`, { cause });
  }
}
