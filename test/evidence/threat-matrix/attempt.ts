import type { Loose } from "../forgeries/forger.ts";

/** What somebody tries with a genuine package. Everything that follows from the change is made good afterwards, as far as they can. */
export interface Attempt {
  /** The column of the matrix. */
  readonly column: Column;
  readonly what: string;
  /** Changes the log, before it is made good. */
  readonly log?: (given: Loose, events: Loose[]) => void;
  /** Changes what is around the log, before the outer digests are made good and the package is signed. */
  readonly around?: (given: Loose) => void;
  /** Changes the file, and nothing is made good. */
  readonly file?: (given: Loose) => void;
  /** Signatures that are not there, whoever could make them. */
  readonly without?: "approvers" | "router" | "server";
  /** Why whoever holds enough goes undetected, in words that end a sentence; undefined: it is always detected. */
  readonly why?: string;
}

export const COLUMNS = [
  "change an event",
  "drop an event",
  "add an event",
  "reorder events",
  "truncate the log",
  "swap an approver",
  "move an expiry",
  "change the plan",
  "swap the run",
  "splice two decisions",
  "replay as another",
  "downgrade the version",
  "strip a signature",
  "add or take something",
] as const;

export type Column = (typeof COLUMNS)[number];
