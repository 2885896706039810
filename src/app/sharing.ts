import type { DecisionLog } from "./decision-logs.ts";
import type { Routing } from "./router.ts";

/** What a server has to know of itself where others may write to the same store. */
export interface Sharing {
  /** What this server calls itself in the claims that it makes. */
  readonly serverId: string;
  /** Whether others may write to the store. If not, every execution is this server's, whatever its claim says. */
  readonly isShared: boolean;
  /** How long another server's execution is left to that server before it is taken over, in milliseconds. */
  readonly takeoverAfter: number;
}

/**
 * Where the record of a claimed run is, as seen from here: at a router that this server asks about its own runs, at a remote router that every server can ask, at the server
 * that claimed the run and nowhere else, or out of sight, for this server is not configured for the adapter.
 */
export type RecordPlace = "ours" | "of_remote_router" | "of_claimant" | "out_of_sight";

export function placeOfRecord(
  adapterId: string,
  claimant: string,
  { sharing, router }: { readonly sharing: Sharing; readonly router: Pick<Routing, "kindOf"> },
): RecordPlace {
  if (!sharing.isShared || claimant === sharing.serverId) return "ours";
  const kind = router.kindOf(adapterId);
  if (kind === undefined) return "out_of_sight";
  return kind === "remote" ? "of_remote_router" : "of_claimant";
}

/** The server that claimed the run; undefined if nobody has. */
export function claimantOf({ events }: Pick<DecisionLog, "events">): string | undefined {
  for (const { event } of events) if (event.body.type === "EXECUTION_STARTED") return event.body.serverId;
  return undefined;
}
