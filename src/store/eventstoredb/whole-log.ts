import { BACKWARDS, END, FORWARDS } from "@eventstore/db-client";
import type { CallTicket, Client } from "./client.ts";
import { Failed, insist, type Timing } from "./insist.ts";
import { logPosition } from "./position.ts";
import { whileWanted } from "./while-wanted.ts";

/** Single looks at the log of all events. */
export interface WholeLog {
  /** The place of the last event; undefined: there is none. */
  end(timing: Timing, signal?: AbortSignal): Promise<bigint | undefined>;
  /**
   * Whether an event begins at a place. The server starts a subscription by reading one record from the place given and skipping it, whichever it is: from a
   * place where nothing is, it would skip an event that nobody has seen.
   */
  holds(place: bigint, timing: Timing, signal?: AbortSignal): Promise<boolean>;
}

/** Both throw {@link Failed}. */
export function createWholeLog({ calls }: Client): WholeLog {
  return {
    end: (timing, signal) => first(timing, signal, { direction: BACKWARDS, fromPosition: END }),
    async holds(place, timing, signal) {
      try {
        return (await first(timing, signal, { direction: FORWARDS, fromPosition: logPosition(place) })) === place;
      } catch (error) {
        if (error instanceof Failed && error.failure.kind === "invalid position") return false;
        throw error;
      }
    },
  };

  async function first(
    timing: Timing,
    signal: AbortSignal | undefined,
    where: {
      readonly direction: "forwards" | "backwards";
      readonly fromPosition: typeof END | { commit: bigint; prepare: bigint };
    },
  ): Promise<bigint | undefined> {
    return await insist(timing, signal, async (ticket) => {
      const options: CallTicket = { ticket };
      const reading = calls.readAll({ ...options, ...where, maxCount: 1, requiresLeader: true });
      let place: bigint | undefined;
      // Read to its end: a call that is left early is a reset, of which servers bear only so many.
      for await (const { event } of whileWanted(reading, ticket.signal)) place ??= event?.position?.commit;
      return place;
    });
  }
}
