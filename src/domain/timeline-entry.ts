import type { Actor } from "./actor.ts";
import type { EventType } from "./event.ts";
import type { Instant } from "./ids.ts";

export type TimelineCategory =
  | "REQUEST"
  | "POLICY"
  | "APPROVAL"
  | "EXECUTION"
  | "THRESHOLD_MET"
  | "THRESHOLD_LOST"
  | "APPROVAL_EXPIRED"
  | "APPROVAL_KEY_REVOKED";

/** One line: an event, or something that followed from time and policy. */
export interface TimelineEntry {
  /** The event; for a derived entry, the event that it follows. */
  readonly seq: number;
  readonly time: Instant;
  readonly category: TimelineCategory;
  readonly label: string;
  readonly summary: string;
  readonly actor: Actor | undefined;
  /** Undefined for derived entries. */
  readonly eventType: EventType | undefined;
}
