import type { Instant } from "../domain/ids.ts";
import type { Phase } from "../domain/state.ts";
import type { Routing } from "./router.ts";
import { placeOfRecord, type Sharing } from "./sharing.ts";

/** An execution that has passed the gate and has no outcome. */
export type OpenPhase = Extract<Phase, { readonly kind: "gated" | "started" }>;

/** What becomes of an execution without an outcome that nobody here is at work on. */
export type Takeover =
  /** The run is claimed and carried out here. */
  | "start"
  /** The router is asked about the run until it can tell. */
  | "settle"
  /** The router is asked about another server's run, once. */
  | "ask"
  /** Its own server may be at work on it: too early to tell. */
  | "wait"
  /** Only another server can bring it to an end, or an operator. */
  | "leave";

/**
 * Who takes up what. docs/decisions/0015-executions-are-taken-over-after-a-grace.md goes through every order in which two servers can act.
 *
 * @param waited how long this server has seen the execution where it is, in milliseconds.
 */
export function takeoverOf(
  phase: OpenPhase,
  seen: { readonly waited: number; readonly now: Instant; readonly isWantedHere: boolean },
  ports: { readonly sharing: Sharing; readonly router: Pick<Routing, "kindOf">; readonly startWithin: number },
): Takeover {
  const { sharing, router, startWithin } = ports;
  const inGrace = seen.waited < sharing.takeoverAfter;
  const { adapterId } = phase.gate;
  if (phase.kind === "gated") {
    if (!sharing.isShared || seen.isWantedHere) return "start";
    if (inGrace) return "wait";
    // Whoever has the adapter may still start it in time; after that, that it came too late can be recorded by anybody.
    const isLate = seen.now - phase.gatedAt > startWithin;
    return router.kindOf(adapterId) === undefined && !isLate ? "leave" : "start";
  }
  switch (placeOfRecord(adapterId, phase.serverId, { sharing, router })) {
    case "ours":
      return "settle";
    case "of_remote_router":
      return inGrace ? "wait" : "ask";
    case "of_claimant":
    case "out_of_sight":
      return "leave";
  }
}
