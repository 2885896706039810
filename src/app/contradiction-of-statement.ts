import type { Overruled } from "../domain/event.ts";
import type { Decision, Phase } from "../domain/state.ts";
import { Refused } from "./refused.ts";
import { AdapterUnknown, RouterUnavailable, type Routing, RunNotFound } from "./router.ts";
import { placeOfRecord, type Sharing } from "./sharing.ts";

/** An operator's word for how a run ended. */
export interface Statement {
  readonly outcome: "UNKNOWN" | "COMPLETED" | "FAILED";
  readonly reason: string;
  /** Whether it counts also against the router's word. */
  readonly force: boolean;
}

/** A decision whose run was claimed and has no outcome that is final. */
export type OpenRun = Pick<Decision, "decisionId"> & {
  readonly phase: Extract<Phase, { readonly kind: "started" | "unknown" }>;
};

export interface Contradiction {
  readonly overruled: Overruled;
  /** What whoever does not force it is told. */
  readonly refusal: Refused;
}

/**
 * What the router, asked at this moment, has against an operator's word for the end of a run. Nothing, if it does not answer or cannot tell: an operator must be
 * able to get out of that. A run that it has not heard of is refused for ever: it must not begin once its end is on record.
 */
export async function contradictionOf(
  ports: {
    readonly router: Routing;
    readonly sharing: Sharing;
    /** How long the router may take to answer, in milliseconds. */
    readonly timeout: number;
  },
  { decisionId, phase }: OpenRun,
  signal: AbortSignal | undefined,
): Promise<Contradiction | undefined> {
  const { router, timeout } = ports;
  const { serverId, startedAt, gate } = phase;
  const place = placeOfRecord(gate.adapterId, serverId, ports);
  if (place === "of_claimant" || place === "out_of_sight") {
    const who =
      place === "of_claimant"
        ? `Only server ${serverId}, which claimed the run, has its record`
        : `This server has no router for the adapter ${gate.adapterId}, and cannot ask about the run of server ${serverId}`;
    return against(
      "NOT_ASKED",
      new Refused("ROUTER_CANNOT_SAY", `${who}: state the outcome there. If that server is gone for good, force it.`, {
        facts: { server_id: serverId },
      }),
    );
  }
  const deadline = AbortSignal.timeout(timeout);
  const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  const question = { includeBundle: true, fence: true, claimedAt: startedAt, signal: either };
  // Once more where it did not answer: a connection that broke while nobody used it fails the first call only.
  const askAgain = async (error: unknown) => {
    if (!(error instanceof RouterUnavailable) || either.aborted) throw error;
    return await router.getRun(gate.adapterId, decisionId, question);
  };
  try {
    const { state, bundle } = await router.getRun(gate.adapterId, decisionId, question).catch(askAgain);
    switch (state) {
      case "RUNNING":
        return against(state, new Refused("RUN_STILL_AT_WORK", "The router says that the run is still at work."));
      case "SUCCEEDED":
        return bundle === undefined ? undefined : against(state, known("succeeded"));
      case "FAILED":
        return against(state, known("failed"));
      case "INTERRUPTED":
      case "NOT_STARTED":
        return undefined;
    }
  } catch (error) {
    signal?.throwIfAborted();
    const saysNothing =
      error instanceof RunNotFound || error instanceof AdapterUnknown || error instanceof RouterUnavailable;
    if (saysNothing || deadline.aborted) return undefined;
    throw error;
  }
}

function against(overruled: Overruled, refusal: Refused): Contradiction {
  return { overruled, refusal };
}

function known(how: string): Refused {
  return new Refused("ROUTER_KNOWS_OUTCOME", `The router says that the run ${how}: ask it, and that is recorded.`);
}
