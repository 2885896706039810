import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { JsonValue } from "@bufbuild/protobuf";
import { onTestFinished } from "vitest";
import { SYSTEM_CLOCK } from "../../../src/app/clock.ts";
import { createGrpcRouter, type RemoteRouter } from "../../../src/router/grpc/grpc-router.ts";
import { createCapturedLog } from "../../support/captured-log.ts";
import { eventually } from "../../support/eventually.ts";
import type { Script, Told } from "./router-program.ts";

type Called = Extract<Told, { event: "called" }>;

/** A remote router in a process of its own, which does as the script says; killed when the test has ended. */
export async function routerProcess(script: Script) {
  const program = new URL("router-program.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(script));
  const exited = once(child, "exit");
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  onTestFinished(kill);
  const told: Told[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => told.push(JSON.parse(line) as Told));
  const { port } = await eventually("the router serves", () => told.find((each) => each.event === "serving"));
  return {
    url: `${script.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    port,
    /** The calls of a method so far. */
    calls: (method: "DescribeAdapter" | "Run" | "GetRun"): readonly Called[] =>
      told.filter((each) => each.event === "called" && each.method === method) as Called[],
    /** Whether a call of this method was cancelled, as the router sees it. */
    cancelled: (method: "DescribeAdapter" | "Run" | "GetRun") =>
      told.some((each) => each.event === "cancelled" && each.method === method),
    /** How many calls of this method it did not let in. */
    notLetIn: (method: "DescribeAdapter" | "Run" | "GetRun") =>
      told.filter((each) => each.event === "not let in" && each.method === method).length,
    kill,
    exited,
    /** Holds it, without a word to anybody: its connections stay open. */
    freeze: () => child.kill("SIGSTOP"),
  };
}

type Options = Parameters<typeof createGrpcRouter>[0];

/** This side of a remote router; where nothing else is said, nothing is proved by either side. */
export function routerAt(url: string, options: Partial<Options> & Pick<Options, "timeout">): RemoteRouter {
  const credentials = { tls: undefined, token: undefined };
  return createGrpcRouter({ url, credentials, clock: SYSTEM_CLOCK, log: createCapturedLog(), ...options });
}

export const BUNDLE = "the record of the run";

/** A run as a router tells of it. */
export function runJson(overrides: { readonly [field: string]: JsonValue } = {}): JsonValue {
  return {
    runId: "run-1",
    decisionId: "$decision",
    adapterId: "remote",
    state: "RUN_STATE_SUCCEEDED",
    stepsExecuted: 1,
    runBundle: Buffer.from(BUNDLE).toString("base64"),
    runBundleMediaType: "text/plain",
    ...overrides,
  };
}

export const ACCEPTED = { say: { accepted: { runId: "run-1" } } };

/** The last message of Run. */
export const finishedWith = (overrides: Parameters<typeof runJson>[0] = {}) => ({
  say: { finished: { run: runJson(overrides) } },
});

/** The answer of GetRun. */
export const answerWith = (overrides: Parameters<typeof runJson>[0] = {}) => ({ say: { run: runJson(overrides) } });

/** The answer of DescribeAdapter. */
export const describedAs = (adapter: { readonly [field: string]: JsonValue } = {}) => ({
  say: { adapter: { adapterId: "remote", capabilities: ["apply", "dry_run"], ...adapter } },
});
