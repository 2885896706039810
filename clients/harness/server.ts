import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** How long a server may take to come up, in milliseconds. */
const START_WITHIN = 30_000;

/** A server of this checkout with its own data, always on the same port, which starts, stops and starts again. */
export interface ServerUnderTest {
  /** 0 until it has been started once. */
  readonly port: number;
  start(): Promise<void>;
  stop(signal: NodeJS.Signals): Promise<void>;
  /** Keeps a copy of what the stopped server has stored. */
  keepStored(): void;
  /** Exchanges what the stopped server has stored for what was kept: as where a backup is put in its place. */
  swapStored(): void;
  /** At once and without waiting, for the end of the harness. */
  kill(): void;
}

/** The configuration is completed by where to listen and what to log. */
export function createServerUnderTest(directory: string, configuration: object): ServerUnderTest {
  let child: ChildProcess | undefined;
  let port = 0;
  const [stored, kept, between] = ["data", "kept", "between"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  return {
    get port() {
      return port;
    },
    async start() {
      const file = join(directory, "config.json");
      const config = {
        ...configuration,
        listen: `127.0.0.1:${port}`,
        dataDir: stored,
        log: { level: "warn" },
      };
      writeFileSync(file, JSON.stringify(config));
      child = spawn(join(ROOT, "nexus-attest"), ["serve", "--config", file], { stdio: ["ignore", "pipe", "inherit"] });
      const up = Promise.withResolvers<number>();
      child.once("exit", () => up.reject(new Error("the server did not come up")));
      const late = setTimeout(() => up.reject(new Error("the server takes too long to come up")), START_WITHIN);
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
        const found = /serves on https?:\/\/127\.0\.0\.1:(\d+)/.exec(line);
        if (found !== null) up.resolve(Number(found[1]));
      });
      port = await up.promise.finally(() => clearTimeout(late));
    },
    async stop(signal) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    },
    keepStored() {
      rmSync(kept, { recursive: true, force: true });
      cpSync(stored, kept, { recursive: true });
    },
    swapStored() {
      renameSync(stored, between);
      renameSync(kept, stored);
      renameSync(between, kept);
    },
    kill: () => void child?.kill("SIGKILL"),
  };
}
