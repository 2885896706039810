import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Everything that it wrote to standard error so far. */
  stderr(): string;
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and waits until it has drained. @returns its exit code. */
  stop(): Promise<number | null>;
  /** Resolves when it has ended, however that came about. */
  readonly exited: Promise<number | null>;
}

/** A server in a process of its own, as an operator starts it; killed when the test has ended. Fails with its last words if it does not come up. */
export async function serverProcess(options: {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Another program to run in place of the command line, for instance one that loads it with a fault built in. */
  readonly program?: string;
}): Promise<ServerProcess> {
  const program = options.program ?? new URL("../../src/main.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, "serve", ...options.args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = exitOf(child);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words += text;
  });
  const url = await Promise.race([listening(child), exited.then(() => undefined)]);
  if (url === undefined) throw new Error(`the server did not come up:\n${words}`);
  return {
    url,
    pid: child.pid ?? 0,
    stderr: () => words,
    exited,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async stop() {
      child.kill("SIGTERM");
      return await exited;
    },
  };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, "close")) as [number | null];
  return code;
}

/** The address from the line that a server prints once it serves. */
async function listening(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^nexus-attest serves on (\S+)$/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  return undefined;
}
