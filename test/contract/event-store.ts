import { describe } from "vitest";
import type { EventStore } from "../../src/app/event-store.ts";
import { describeAppends } from "./event-store-appends.ts";
import { describeConcurrency } from "./event-store-concurrency.ts";
import { describeFollowing } from "./event-store-following.ts";
import { describeLifetime } from "./event-store-lifetime.ts";
import { describeReads } from "./event-store-reads.ts";

/** Opens the running test's own data; called again after close(), it opens the same data again. */
export type OpenStore = () => Promise<EventStore>;

/** What a store may be excused from, because what it stands on cannot do it. Everything else is asked of every store. */
export type StoreException =
  /** An append that repeats ids and place but not the data is refused. Excused, it succeeds with the first answer and the first data stay. */
  | "refuses known ids with different data"
  /** Any JSON object may be stored, however it is written. Excused, one that would not come back to the byte is refused before anything is written. */
  | "takes any JSON object"
  /** A store that nobody has written to has no head. Excused, the data are shared with others. */
  | "begins empty";

export interface StoreContract {
  /** Makes data of the running test's own. */
  readonly prepare: () => Promise<OpenStore>;
  /** By name, in the open. */
  readonly except: readonly StoreException[];
}

/** What every event store must do: the port's promises, one test each. */
export function describeEventStore(name: string, contract: StoreContract): void {
  const exceptions = contract.except.length === 0 ? "" : ` (except: ${contract.except.join("; ")})`;
  describe(`${name}${exceptions}`, () => {
    describeAppends(contract);
    describeReads(contract);
    describeFollowing(contract);
    describeConcurrency(contract);
    describeLifetime(contract);
  });
}
