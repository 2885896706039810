import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/ts/grpc/health/v1/health_pb.ts";
import { createSender } from "./sender.ts";

/** The heap that the server gets, in MiB: a leak of half a KiB a frame would end it within a million. */
const HEAP = 512;

export interface CampaignOptions {
  readonly seed: number;
  readonly frames: number;
  /** Begin with this case; with `cases` 1 it alone is repeated. */
  readonly from?: number;
  readonly cases?: number;
  readonly directory: string;
  readonly tell?: (line: string) => void;
}

export interface CampaignReport {
  readonly frames: number;
  readonly cases: number;
  readonly seconds: number;
  readonly unanswered: number;
  /** In MiB: after the first tenth, at the end, and the most. Undefined where the system does not say. */
  readonly memory: { readonly early: number; readonly late: number; readonly most: number } | undefined;
  /** What should not have happened; empty: nothing. */
  readonly findings: readonly string[];
  /** Lines that the server logged as its own faults. */
  readonly faults: readonly string[];
}

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;

/** Starts a server of its own, sends it frames, and looks whether it lives, answers and keeps its data. */
export async function campaign(options: CampaignOptions): Promise<CampaignReport> {
  const { seed, frames, directory, tell = () => undefined } = options;
  const server = await startServer(directory);
  const began = performance.now();
  const findings: string[] = [];
  const memory: number[] = [];
  const target = { host: "127.0.0.1", port: Number(new URL(server.url).port) };
  const sender = createSender(target, seed, await server.ids());
  let told = began;
  const sent = await sender.run({
    frames,
    from: options.from ?? 0,
    cases: options.cases ?? Number.POSITIVE_INFINITY,
    isOver: () => server.exitCode() !== undefined,
    progress(done) {
      memory.push(server.memory());
      if (performance.now() - told < 10_000) return;
      told = performance.now();
      tell(`${done} frames, ${Math.round((told - began) / 1000)} s, ${memory.at(-1)} MiB`);
    },
  });
  const seconds = Math.round((performance.now() - began) / 1000);
  if (server.exitCode() !== undefined) findings.push(`the server ended with ${server.exitCode()}`);
  else {
    findings.push(...(await server.stillServes()));
    const exitCode = await server.stop();
    if (exitCode !== 0) findings.push(`the server did not end in good order: ${exitCode}`);
  }
  findings.push(...(await soundness(directory)));
  const words = server.words();
  const faults = words.filter((line) => line.startsWith("{"));
  findings.push(...words.filter((line) => !line.startsWith("{")).map((line) => `it said: ${line}`));
  if (sent.unanswered > 0) findings.push(`${sent.unanswered} calls had no answer at all`);
  const known = memory.filter((each) => each > 0);
  return {
    ...sent,
    seconds,
    findings,
    faults,
    memory:
      known.length === 0
        ? undefined
        : { early: known[Math.floor(known.length / 10)] ?? 0, late: known.at(-1) ?? 0, most: Math.max(...known) },
  };
}

async function startServer(directory: string) {
  const config = join(directory, "config.json");
  const adapters = [{ id: "files", kind: "subprocess", capabilities: ["dry_run"], command: ["true"] }];
  const log = { level: "error" };
  const approverKeys = { administrators: ["fuzz"] };
  // Denied calls would be lines beside the faults.
  const audit = { file: join(directory, "audit.log"), log: false };
  writeFileSync(
    config,
    JSON.stringify({ listen: "127.0.0.1:0", dataDir: join(directory, "data"), adapters, log, audit, approverKeys }),
  );
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", `--max-old-space-size=${HEAP}`, MAIN, "serve", "--config", config],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const lines: string[] = [];
  const reading = (async () => {
    for await (const line of createInterface({ input: child.stderr })) if (lines.length < 1_000) lines.push(line);
  })();
  let ended: number | string | undefined;
  const exited = once(child, "exit").then(([code, signal]) => {
    ended = (code as number | null) ?? String(signal);
    return ended;
  });
  const url = await Promise.race([addressOf(child), exited.then(() => undefined)]);
  if (url === undefined) throw new Error(`the server did not come up:\n${lines.join("\n")}`);
  const { clientsOf } = await import("../support/server-under-test.ts");
  const { requested } = await import("../e2e/release.ts");
  const who = { as: (actor: string | undefined) => clientsOf(url, actor) };

  return {
    url,
    exitCode: () => ended,
    words: () => lines,
    memory: () => residentMiB(child.pid),
    async ids(): Promise<string[]> {
      const made = [];
      for (let i = 0; i < 4; i++) made.push(await requested(who, { requestId: `fuzz-${i}` }));
      return [...made, "0".repeat(32), "", "g".repeat(32)];
    },
    async stillServes(): Promise<string[]> {
      try {
        const health = createClient(Health, createGrpcTransport({ baseUrl: url }));
        const { status } = await health.check({});
        const decisionId = await requested(who);
        await clientsOf(url, "human:carol").decisions.grantApproval({ decisionId });
        const { decision } = await clientsOf(url, "human:erin", { protocol: "connect" }).decisions.getDecision({
          decisionId,
        });
        const isRight = decision?.lifecycle?.progress?.approvalsValid === 1;
        return [
          ...(status === Status.SERVING ? [] : [`its health is ${status}`]),
          ...(isRight ? [] : ["an approval after it all does not count"]),
        ];
      } catch (error) {
        return [`it does not serve any more: ${String(error)}`];
      }
    },
    async stop() {
      child.kill("SIGTERM");
      await exited;
      await reading;
      return ended;
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^nexus-attest serves on (\S+)$/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  return undefined;
}

function residentMiB(pid: number | undefined): number {
  const file = `/proc/${pid}/status`;
  const kib = existsSync(file) ? /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(file, "utf8"))?.[1] : undefined;
  return Math.round(Number(kib ?? 0) / 1024);
}

/** Whether what the server kept is whole, as its own tools say. */
async function soundness(directory: string): Promise<string[]> {
  const check = async (...args: string[]) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, ...args]);
    let words = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        words += text;
      });
    const [code] = (await once(child, "close")) as [number | null];
    return code === 0 ? [] : [`${args[0]} ended with ${code}: ${words.slice(-2_000)}`];
  };
  return [
    ...(await check("fsck", "--data-dir", join(directory, "data"))),
    ...(await check("audit", "verify", join(directory, "audit.log"))),
  ];
}
