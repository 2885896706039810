import type { ExpectedRevision, NewEvent } from "../../app/event-store.ts";

/** One append on its way to the writer. */
export interface AppendJob {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

/** What became of it. */
export type AppendOutcome =
  | { readonly kind: "appended"; readonly revision: number; readonly position: number }
  | { readonly kind: "wrong_revision"; readonly actual: ExpectedRevision }
  /** Nothing was written. */
  | { readonly kind: "unavailable"; readonly message: string }
  /** It may or may not have been written. */
  | { readonly kind: "unknown"; readonly message: string }
  | { readonly kind: "corrupt"; readonly message: string };

/** To the writer: all appends that have gathered, a question whether it can write, or the end. */
export type ToWriter =
  | { readonly kind: "append"; readonly jobs: readonly AppendJob[] }
  | { readonly kind: "probe" }
  | { readonly kind: "close" };

/** From the writer, one answer to each message, in order. */
export type FromWriter =
  | { readonly kind: "ready" }
  | { readonly kind: "refused"; readonly name: string; readonly message: string }
  | { readonly kind: "outcomes"; readonly outcomes: readonly AppendOutcome[] }
  | { readonly kind: "probed"; readonly problem: string | undefined }
  | { readonly kind: "closed" };
