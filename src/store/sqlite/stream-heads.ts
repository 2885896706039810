import type { AppendOutcome } from "./writer-protocol.ts";

/**
 * The last revisions of streams, as far as this process knows them for certain. It is the only one that writes, so whoever asks for what comes behind them need
 * not ask the database.
 */
export interface StreamHeads {
  /** The last revision; undefined if it has to be looked up. */
  get(stream: string): number | undefined;
  /** What the database said. */
  found(stream: string, revision: number): void;
  /** What became of an append: told before anybody else learns of it. */
  told(stream: string, outcome: AppendOutcome): void;
  /** Nothing is certain any more. */
  forget(): void;
}

/** How many streams are remembered. */
const MAX_REMEMBERED = 65_536;

export function createStreamHeads(): StreamHeads {
  const heads = new Map<string, number>();
  return {
    get: (stream) => heads.get(stream),
    found: raise,
    told(stream, outcome) {
      if (outcome.kind === "appended") raise(stream, outcome.revision);
      // It may have been written, and then nobody was told the revision.
      else if (outcome.kind !== "wrong_revision") heads.delete(stream);
    },
    forget: () => heads.clear(),
  };

  /** A look into the database may be overtaken by the news of a commit. */
  function raise(stream: string, revision: number): void {
    const known = heads.get(stream);
    if (known !== undefined && known >= revision) return;
    if (heads.size >= MAX_REMEMBERED) heads.clear();
    heads.set(stream, revision);
  }
}
