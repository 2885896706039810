import { createLoad, type Load, type Sample } from "./load.ts";
import type { Workshop } from "./processes.ts";
import type { Served } from "./served.ts";
import { percentile, type Spread, spreadOf } from "./statistics.ts";
import type { Subject } from "./subjects.ts";
import type { Protocol } from "./wire.ts";

export interface UnaryOptions {
  readonly rounds: number;
  readonly inFlight: number;
  readonly warmUp: number;
  readonly milliseconds: number;
}

/** What came out for one subject over one protocol, over all rounds. */
export interface UnaryResult {
  readonly name: string;
  readonly callsPerSecond: Spread;
  /** To the echo measured right before it; of the echo itself there is none. */
  readonly ratio: Spread | undefined;
  /** The echo's cost to its process through this one's: the ratio of what one core could serve. */
  readonly cpuRatio: Spread | undefined;
  readonly p50: number;
  readonly p99: number;
  readonly serverMicroseconds: Spread;
  readonly serverCores: Spread;
  readonly residentBytes: number;
}

const SUBJECTS: readonly (readonly [Subject, Protocol])[] = [
  ["GetDecision", "grpc"],
  ["GrantApproval", "grpc"],
  ["GetDecision", "connect"],
  ["GrantApproval", "connect"],
];

/** Calls each subject right after the baseline, round after round, so that whatever else the machine does falls on both. */
export async function measureUnary(
  workshop: Workshop,
  servers: { readonly echo: Served; readonly product: Served },
  { rounds, ...spell }: UnaryOptions,
  progress: (words: string) => void,
): Promise<readonly UnaryResult[]> {
  const echo = await createLoad(workshop, servers.echo, "Echo", "grpc");
  const loads: { readonly name: string; readonly load: Load; readonly pairs: Pair[] }[] = [];
  for (const [subject, protocol] of SUBJECTS) {
    const load = await createLoad(workshop, servers.product, subject, protocol);
    loads.push({ name: `${subject}, ${protocol === "grpc" ? "gRPC" : "Connect"}`, load, pairs: [] });
  }
  for (let round = 1; round <= rounds; round++) {
    progress(`calls, round ${round} of ${rounds}`);
    for (const { load, pairs } of loads)
      pairs.push({ baseline: await echo.sample(spell), measured: await load.sample(spell) });
  }
  await Promise.all([echo, ...loads.map(({ load }) => load)].map((load) => load.stop()));
  const baselines = loads.flatMap(({ pairs }) => pairs.map(({ baseline }) => baseline));
  return [
    resultOf("Echo, gRPC (grpc-js)", baselines, undefined),
    ...loads.map(({ name, pairs }) =>
      resultOf(
        name,
        pairs.map(({ measured }) => measured),
        pairs,
      ),
    ),
  ];
}

interface Pair {
  readonly baseline: Sample;
  readonly measured: Sample;
}

function resultOf(name: string, samples: readonly Sample[], pairs: readonly Pair[] | undefined): UnaryResult {
  const ofAll = (pick: (sample: Sample) => number) => spreadOf(samples.map(pick));
  const ofPairs = (pick: (pair: Pair) => number) => pairs && spreadOf(pairs.map(pick));
  return {
    name,
    callsPerSecond: ofAll((sample) => sample.callsPerSecond),
    ratio: ofPairs(({ baseline, measured }) => measured.callsPerSecond / baseline.callsPerSecond),
    cpuRatio: ofPairs(({ baseline, measured }) => baseline.serverMicroseconds / measured.serverMicroseconds),
    p50: ofAll(({ latencies }) => percentile(latencies, 0.5)).median,
    p99: ofAll(({ latencies }) => percentile(latencies, 0.99)).median,
    serverMicroseconds: ofAll((sample) => sample.serverMicroseconds),
    serverCores: ofAll((sample) => sample.serverCores),
    residentBytes: Math.max(...samples.map((sample) => sample.residentBytes)),
  };
}
