import { parseArgs } from "node:util";
import type { FanOutOptions } from "./fan-out.ts";
import type { UnaryOptions } from "./unary.ts";

export interface Options {
  readonly quick: boolean;
  /** Name of the files in bench/results. */
  readonly name: string;
  readonly unary: UnaryOptions;
  readonly fanOut: FanOutOptions;
  /** Decisions of 10,000 events each. */
  readonly replayDecisions: number;
}

/** Enough to see that it works; its numbers say little. */
const QUICK = {
  unary: { rounds: 1, inFlight: 64, warmUp: 500, milliseconds: 500 },
  fanOut: { watchers: 1_000, connections: 10, paced: 3, burst: 3 },
  replayDecisions: 5,
};

const FULL = {
  unary: { rounds: 5, inFlight: 64, warmUp: 500, milliseconds: 2_000 },
  fanOut: { watchers: 1_000, connections: 10, paced: 20, burst: 20 },
  replayDecisions: 100,
};

/** @throws {TypeError} for an argument that there is not. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { quick: { type: "boolean", default: false }, name: { type: "string" } },
  });
  const today = new Date().toISOString().slice(0, 10);
  const { quick, name = quick ? "quick" : today } = values;
  if (!/^[\w.-]+$/.test(name)) throw new TypeError("--name: letters, digits, '.', '_' and '-'");
  return { quick, name, ...(quick ? QUICK : FULL) };
}
