import { Refused } from "../app/refused.ts";

export interface SheddingSettings {
  /** Calls in progress, streams not counted. */
  readonly maxCalls: number;
  /** In milliseconds. */
  readonly maxEventLoopDelayMs: number;
}

export interface Shedding {
  /**
   * Admits a call, or gives the reason to refuse it. What it returns for one that is admitted has to be called once the call has ended.
   *
   * @param isCounted whether it counts as a call in progress; streams, which are open for days, do not.
   */
  admit(isCounted: boolean): Refused | (() => void);
  /**
   * Looks at how the server keeps up; some times a second.
   *
   * @param delay the mean delay of the event loop since the last look, in milliseconds.
   * @param busy for how long the event loop was at work since then, in milliseconds.
   */
  look(delay: number, busy: number): void;
  readonly isOverloaded: boolean;
}

/** Looks in a row at which the event loop has to be late: one long piece of work is no overload. */
export const LATE_IN_A_ROW = 3;

/** Calls that are taken on whatever they cost: while the server keeps up, and in overload. */
export const LEAST = { usual: 64, overloaded: 16 } as const;

/** How much of what is allowed as delay may be under way at the same time: a burst is no overload. */
const WORTH = { usual: 3, overloaded: 1 / 2 } as const;

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
 * the others are refused, which costs little: some delays' worth of them as long as the server keeps up, and half a delay's worth once it has been late for a while,
 * until every call of a while was admitted. What is in progress always goes on.
 */
export function createShedding(settings: () => SheddingSettings): Shedding {
  const refusals = new Map<string, Refused>();
  let inProgress = 0;
  let young = 0;
  let endedSinceLook = 0;
  let lateLooks = 0;
  let isOverloaded = false;
  let hasRefused = false;
  let cost = FIRST_COST;
  let generations: readonly Generation[] = [{ open: 0, isYoung: true }];

  return {
    admit(isCounted) {
      const { maxCalls, maxEventLoopDelayMs } = settings();
      const state = isOverloaded ? "overloaded" : "usual";
      if (young >= Math.max(LEAST[state], (maxEventLoopDelayMs * WORTH[state]) / cost)) {
        hasRefused = true;
        return overloaded("limits.maxEventLoopDelayMs", maxEventLoopDelayMs);
      }
      if (!isCounted) return nothing;
      if (inProgress >= maxCalls) return overloaded("limits.maxCalls", maxCalls);
      return begin();
    },
    look(delay, busy) {
      if (endedSinceLook >= LEAST_TO_MEASURE) cost += WEIGHT * (busy / endedSinceLook - cost);
      endedSinceLook = 0;
      const old = generations.slice(0, 1 - YOUNG_FOR);
      for (const generation of old) {
        generation.isYoung = false;
        young -= generation.open;
      }
      generations = [...generations.slice(old.length), { open: 0, isYoung: true }];
      const isLate = delay > settings().maxEventLoopDelayMs;
      lateLooks = isLate ? lateLooks + 1 : 0;
      isOverloaded = isOverloaded ? isLate || hasRefused : lateLooks >= LATE_IN_A_ROW;
      hasRefused = false;
    },
    get isOverloaded() {
      return isOverloaded;
    },
  };

  function begin(): () => void {
    const generation = generations.at(-1) ?? { open: 0, isYoung: false };
    generation.open += 1;
    young += 1;
    inProgress += 1;
    return () => {
      generation.open -= 1;
      if (generation.isYoung) young -= 1;
      inProgress -= 1;
      endedSinceLook += 1;
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
