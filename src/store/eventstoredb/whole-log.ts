import { BACKWARDS, END, FORWARDS } from "@eventstore/db-client";
import { CutShort } from "./bounded.ts";
import type { CallTicket, Client } from "./client.ts";
import type { Ticket } from "./guard.ts";
import { Failed, insist, type Timing } from "./insist.ts";
import { logPosition } from "./position.ts";
import { whileWanted } from "./while-wanted.ts";

/** Single looks at the log of all events. */
export interface WholeLog {
  /** The place of the last event. There always is one: a server writes events of its own before it takes any. */
  end(timing: Timing, signal?: AbortSignal): Promise<bigint>;
  /**
   * Whether an event begins at a place. The server starts a subscription by reading one record from the place given and skipping it, whichever it is: from a
   * place where nothing is, it would skip an event that nobody has seen.
   */
  holds(place: bigint, timing: Timing, signal?: AbortSignal): Promise<boolean>;
}

/** Both throw {@link Failed}. */
export function createWholeLog({ calls }: Client): WholeLog {
  return {
    end: (timing, signal) => insist(timing, signal, end),
    async holds(place, timing, signal) {
      try {
        return await insist(timing, signal, async (ticket) => {
          const found = await first(ticket, { direction: FORWARDS, fromPosition: logPosition(place) });
          // Only beyond the end there is nothing.
          if (found === undefined && (await end(ticket)) >= place) throw cutShort();
          return found === place;
        });
      } catch (error) {
        if (error instanceof Failed && error.failure.kind === "invalid position") return false;
        throw error;
      }
    },
  };

  async function end(ticket: Ticket): Promise<bigint> {
    const place = await first(ticket, { direction: BACKWARDS, fromPosition: END });
    if (place === undefined) throw cutShort();
    return place;
  }

  async function first(
    ticket: Ticket,
    where: {
      readonly direction: "forwards" | "backwards";
      readonly fromPosition: typeof END | { commit: bigint; prepare: bigint };
    },
  ): Promise<bigint | undefined> {
    const options: CallTicket = { ticket };
    const reading = calls.readAll({ ...options, ...where, maxCount: 1, requiresLeader: true });
    let place: bigint | undefined;
    // Read to its end: a call that is left early is a reset, of which servers bear only so many.
    for await (const { event } of whileWanted(reading, ticket.signal)) place ??= event?.position?.commit;
    return place;
  }
}

function cutShort(): CutShort {
  return new CutShort("the server ended its answer before its end");
}
