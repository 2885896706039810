import { spawn } from "node:child_process";
import { once } from "node:events";

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;

export interface Options {
  readonly server?: string;
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: object;
}

/** Runs the command line as a user does, in a process of its own, with its output going to pipes. */
export async function commandLine(args: readonly string[], options: Options = {}): Promise<Ended> {
  return await startCommandLine(args, options).ended;
}

/** The same, to be looked at while it runs. */
export function startCommandLine(
  args: readonly string[],
  options: Options = {},
): { readonly ended: Promise<Ended>; stdout(): string; interrupt(): void; kill(): void } {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, ...args], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { PATH: process.env["PATH"], ...(options.server && { NEXUS_ATTEST_SERVER: options.server }), ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.end(options.input ?? "");
  const ended = once(child, "close").then(([exitCode]) => ({ exitCode: exitCode as number | null, stdout, stderr }));
  return {
    ended,
    stdout: () => stdout,
    interrupt: () => void child.kill("SIGINT"),
    kill: () => void child.kill("SIGKILL"),
  };
}
