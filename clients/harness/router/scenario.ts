import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

export interface Surroundings {
  /** How to start the router. */
  readonly command: readonly string[];
  /** The scenario's own. */
  readonly directory: string;
}

export type Scenario = readonly [what: string, run: (surroundings: Surroundings) => Promise<void>];

const started = new Set<ChildProcess>();

/** To be killed when the scenario has ended. */
export function startedByScenario(child: ChildProcess): void {
  started.add(child);
}

export function killAll(): void {
  for (const child of started) child.kill("SIGKILL");
  started.clear();
}

/** What `find` gives once it gives something else than undefined or false. */
export async function eventually<Found>(
  what: string,
  find: () => Found | undefined | false | Promise<Found | undefined | false>,
  within = 30_000,
): Promise<Found> {
  const until = performance.now() + within;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > until) throw new Error(`not within ${within} ms: ${what}`);
    await sleep(20);
  }
}
