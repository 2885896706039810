import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A program in a process of its own that answers one message at a time. */
export interface Peer {
  /** Sends a message and waits for the answer; fails if the process ends first. */
  ask<Answer>(message: object): Promise<Answer>;
  /** Resolves to the match once standard output holds a line like this. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves once the process is gone, however it ended. */
  readonly gone: Promise<unknown>;
  stop(): Promise<void>;
}

/** Every process and file of one benchmark. */
export interface Workshop {
  readonly directory: string;
  /** Starts a program below the project's root. What it writes to standard error goes to a file, as a service's log does. */
  start(
    name: string,
    program: string,
    options?: {
      readonly args?: readonly string[];
      readonly preload?: string;
      readonly env?: Readonly<Record<string, string>>;
    },
  ): Peer;
  /** Ends every process and removes every file. */
  close(): Promise<void>;
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));

export function createWorkshop(): Workshop {
  const directory = mkdtempSync(join(tmpdir(), "nexus-attest-bench-"));
  const children = new Set<ChildProcess>();
  return {
    directory,
    start(name, program, { args = [], preload, env = {} } = {}) {
      const errors = openSync(join(directory, `${name}.log`), "a");
      const loaded = preload === undefined ? [] : ["--import", join(ROOT, preload)];
      const flags = ["--disable-warning=ExperimentalWarning", ...loaded];
      const child = spawn(process.execPath, [...flags, join(ROOT, program), ...args], {
        cwd: directory,
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", errors, "ipc"],
        serialization: "advanced",
      });
      closeSync(errors);
      children.add(child);
      const ended = once(child, "exit").then(() => {
        children.delete(child);
        throw new Error(`${name} ended unasked`);
      });
      ended.catch(() => {});
      return peerOf(child, ended);
    },
    async close() {
      const ends = [...children].map((child) => once(child, "exit"));
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(ends);
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function peerOf(child: ChildProcess, ended: Promise<never>): Peer {
  return {
    gone: ended.catch(() => {}),
    async ask<Answer>(message: object) {
      const answered = once(child, "message");
      child.send(message);
      const [answer] = (await Promise.race([answered, ended])) as [Answer];
      return answer;
    },
    async line(pattern) {
      const found = (async () => {
        if (child.stdout !== null)
          for await (const line of createInterface({ input: child.stdout })) {
            const match = pattern.exec(line);
            if (match !== null) return match;
          }
        throw new Error(`no line like ${pattern.source}`);
      })();
      return await Promise.race([found, ended]);
    },
    async stop() {
      if (child.exitCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
