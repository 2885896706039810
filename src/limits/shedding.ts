import { Refused } from "../app/refused.ts";

export interface SheddingSettings {
  /** Calls in progress, streams not counted. */
  readonly maxCalls: number;
  /** In milliseconds. */
  readonly maxEventLoopDelayMs: number;
}

/** What the event loop was like for a while. */
export interface EventLoop {
  /** How late it was on average, in milliseconds. */
  readonly delay: number;
  /** For how long it was at work, in milliseconds. */
  readonly busy: number;
  /** Which share of the time that was: 0 to 1. */
  readonly utilization: number;
}

export interface Shedding {
  /**
   * Admits a call, or gives the reason to refuse it. What it returns for one that is admitted has to be called once the call has ended.
   *
   * @param isCounted whether it counts as a call in progress; streams, which are open for days, do not.
   * @param connection by which it came: the same object for all of its calls.
   */
  admit(isCounted: boolean, connection: object): Refused | (() => void);
  /** Looks at how the server keeps up; some times a second. */
  look(sinceLast: EventLoop): void;
  readonly isOverloaded: boolean;
}

/** Looks in a row at which the server has to be late: one long piece of work is no overload. */
export const LATE_IN_A_ROW = 3;

/** From which utilization of the event loop on calls in progress wait for each other: below it they wait for disks, or for other services. */
const BUSY = 0.9;

/** Calls that are taken on whatever they cost: while the server keeps up, and in overload. */
export const LEAST = { usual: 64, overloaded: 16 } as const;

/** How much of what is allowed as delay may be under way at the same time: a burst is no overload. */
const WORTH = { usual: 3, overloaded: 1 / 4 } as const;

/** How much of it may be under way all the time. */
const STANDING = 1;

/** How much more is taken on of connections that have nothing under way: one that floods is then no reason to refuse others. */
const FOR_OTHERS = 2;

/** What a call is taken to cost before any has been measured, in milliseconds. */
const FIRST_COST = 0.5;

/** How much the time since the last look says of what a call costs, and how many calls have to have ended in it to say anything. */
const WEIGHT = 0.3;
const LEAST_TO_MEASURE = 4;

/** For how many looks a call counts as work that others wait for. One that is still there then waits for something itself, such as the end of an execution. */
export const YOUNG_FOR = 5;

/** How soon it may be better, in milliseconds. */
const RETRY_AFTER = 500;

interface Generation {
  open: number;
  isYoung: boolean;
}

const nothing = (): void => undefined;

/**
 * Refuses calls of which there are more than the server can get to in time, so that those that are admitted do not wait. Thousands of calls may be read from the
 * connections at once, each of which then waits for all of them. So only as many are taken on at the same time as can be done in time, by what calls have cost lately, and
 * the others are refused, which costs little: some delays' worth of them as long as the server keeps up, and a quarter of one once it has been late for a while,
 * until every call of a while was admitted. It is late when the event loop is, and when at every moment of a while more calls were under way than can be done
 * in time: a queue that a burst leaves behind runs empty, one that stands is overload. What is in progress always goes on.
 */
export function createShedding(settings: () => SheddingSettings): Shedding {
  const refusals = new Map<string, Refused>();
  const underWay = new WeakMap<object, number>();
  let inProgress = 0;
  let young = 0;
  let leastYoung = 0;
  let endedSinceLook = 0;
  let lateLooks = 0;
  let isOverloaded = false;
  let hasRefused = false;
  let cost = FIRST_COST;
  let generations: readonly Generation[] = [{ open: 0, isYoung: true }];

  return {
    admit(isCounted, connection) {
      const { maxCalls, maxEventLoopDelayMs } = settings();
      const state = isOverloaded ? "overloaded" : "usual";
      const most = worth(WORTH[state], LEAST[state]);
      if (young >= most && (young >= most * FOR_OTHERS || underWay.has(connection))) {
        hasRefused = true;
        return overloaded("limits.maxEventLoopDelayMs", maxEventLoopDelayMs);
      }
      if (!isCounted) return nothing;
      if (inProgress >= maxCalls) return overloaded("limits.maxCalls", maxCalls);
      return begin(connection);
    },
    look({ delay, busy, utilization }) {
      if (endedSinceLook >= LEAST_TO_MEASURE) cost += WEIGHT * (busy / endedSinceLook - cost);
      endedSinceLook = 0;
      const isQueueing = utilization >= BUSY && leastYoung > worth(STANDING, LEAST.overloaded);
      const isLate = delay > settings().maxEventLoopDelayMs || isQueueing;
      lateLooks = isLate ? lateLooks + 1 : 0;
      isOverloaded = isOverloaded ? isLate || hasRefused : lateLooks >= LATE_IN_A_ROW;
      hasRefused = false;
      const old = generations.slice(0, 1 - YOUNG_FOR);
      for (const generation of old) {
        generation.isYoung = false;
        young -= generation.open;
      }
      generations = [...generations.slice(old.length), { open: 0, isYoung: true }];
      leastYoung = young;
    },
    get isOverloaded() {
      return isOverloaded;
    },
  };

  /** How many calls can be done in so much of what is allowed as delay. */
  function worth(share: number, least: number): number {
    return Math.max(least, (settings().maxEventLoopDelayMs * share) / cost);
  }

  function begin(connection: object): () => void {
    const generation = generations.at(-1) ?? { open: 0, isYoung: false };
    generation.open += 1;
    young += 1;
    inProgress += 1;
    underWay.set(connection, (underWay.get(connection) ?? 0) + 1);
    return () => {
      generation.open -= 1;
      if (generation.isYoung) young -= 1;
      leastYoung = Math.min(leastYoung, young);
      inProgress -= 1;
      endedSinceLook += 1;
      const others = (underWay.get(connection) ?? 1) - 1;
      if (others > 0) underWay.set(connection, others);
      else underWay.delete(connection);
    };
  }

  /** One for all that are alike: to make it costs more than to send it. */
  function overloaded(limit: string, value: number): Refused {
    const key = `${limit} ${value}`;
    const refused = refusals.get(key) ?? refusalOf(limit, value);
    refusals.set(key, refused);
    return refused;
  }
}

function refusalOf(limit: string, value: number): Refused {
  return new Refused(
    "SERVER_OVERLOADED",
    "The server has more to do than it can: repeat the call later. Nothing was done.",
    { facts: { limit, limit_value: `${value}` }, retryAfter: RETRY_AFTER },
  );
}
