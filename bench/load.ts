import type { Workshop } from "./processes.ts";
import type { Served } from "./served.ts";
import type { Subject } from "./subjects.ts";
import type { Protocol } from "./wire.ts";

/** To a load generator, which answers "prepared" or a {@link Spell}. */
export type LoadMessage =
  | { readonly kind: "prepare"; readonly protocol: Protocol; readonly url: string; readonly subject: Subject }
  | { readonly kind: "run"; readonly inFlight: number; readonly milliseconds: number };

/** What a load generator saw in one go. */
export interface Spell {
  /** Of every call, in milliseconds. */
  readonly latencies: Float64Array;
  readonly milliseconds: number;
}

/** One measured spell of calls. */
export interface Sample {
  readonly callsPerSecond: number;
  readonly latencies: Float64Array;
  /** What one call cost the server's process, all of its threads. */
  readonly serverMicroseconds: number;
  /** How much of one core the server's process used. */
  readonly serverCores: number;
  readonly residentBytes: number;
}

export interface Load {
  sample(spell: { readonly inFlight: number; readonly warmUp: number; readonly milliseconds: number }): Promise<Sample>;
  stop(): Promise<void>;
}

/** A load generator for one subject. Approvals need fresh decisions every time, so that no log grows long. */
export async function createLoad(
  workshop: Workshop,
  server: Served,
  subject: Subject,
  protocol: Protocol,
): Promise<Load> {
  const generator = workshop.start(`load-${subject}-${protocol}`, "bench/load-generator.ts");
  const prepare = () => generator.ask({ kind: "prepare", protocol, url: server.url, subject } satisfies LoadMessage);
  const run = (inFlight: number, milliseconds: number) =>
    generator.ask<Spell>({ kind: "run", inFlight, milliseconds } satisfies LoadMessage);
  await prepare();

  return {
    stop: () => generator.stop(),
    async sample({ inFlight, warmUp, milliseconds }) {
      if (subject === "GrantApproval") await prepare();
      await run(inFlight, warmUp);
      const before = await server.gauge();
      const spell = await run(inFlight, milliseconds);
      const after = await server.gauge();
      const used = after.cpuMicroseconds - before.cpuMicroseconds;
      const calls = spell.latencies.length;
      return {
        callsPerSecond: (calls / spell.milliseconds) * 1000,
        latencies: spell.latencies,
        serverMicroseconds: used / calls,
        serverCores: used / 1000 / spell.milliseconds,
        residentBytes: after.residentBytes,
      };
    },
  };
}
