import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";

/** Shows commands as a user types them, runs them for real, and fails if one ends otherwise than the play says. */
export interface Stage {
  /** A heading of the play. */
  readonly say: (text: string) => void;
  /** Starts the server and learns its address. */
  readonly serve: (args: readonly string[]) => Promise<{ stop(): Promise<void> }>;
  /** Runs one command. @returns what it wrote to standard output. */
  readonly run: (args: readonly string[], expected: Expected) => Promise<string>;
  /** A second person who looks on: `seen` resolves when a line behind the one seen before has matched. */
  readonly watch: (args: readonly string[]) => Watching;
  /** Ends whatever still runs. */
  readonly close: () => void;
}

export interface Watching {
  seen(pattern: RegExp): Promise<void>;
  readonly ended: Promise<void>;
}

export interface Expected {
  readonly exitCode: number;
  /** Shows only the lines that match; all are returned. */
  readonly show?: RegExp;
}

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const PATIENCE = 10_000;

export function createStage(cwd: string): Stage {
  const children = new Set<ChildProcess>();
  let server = "";
  const show = (text: string) => void process.stdout.write(`${text}\n`);
  const style = (how: Parameters<typeof styleText>[0], text: string) =>
    styleText(how, text, { stream: process.stdout });
  const typed = (args: readonly string[]) => `$ nexus-attest ${args.map(quoted).join(" ")}`;

  return {
    say: (text) => show(`\n${style("bold", text)}`),
    async serve(args) {
      show(style("cyan", typed(["serve", ...args])));
      const child = start(["serve", ...args]);
      child.stderr?.resume();
      const ended = once(child, "close");
      for await (const line of linesOf(child)) {
        show(`  ${line}`);
        server = /^nexus-attest serves on (\S+)$/.exec(line)?.[1] ?? "";
        break;
      }
      if (server === "") throw new Error("the server did not start");
      return {
        async stop() {
          child.kill("SIGTERM");
          await ended;
        },
      };
    },
    async run(args, { exitCode, show: wanted = /^/ }) {
      show(style("cyan", typed(args)));
      const child = start(args);
      let output = "";
      let complaints = "";
      child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
      child.stderr?.setEncoding("utf8").on("data", (text: string) => (complaints += text));
      const [code] = (await once(child, "close")) as [number | null];
      const matching = lines(output + complaints).filter((line) => code !== exitCode || wanted.test(line));
      for (const line of matching) show(`  ${line}`);
      if (code !== exitCode) throw new Error(`the command ended with exit code ${code}, the play says ${exitCode}`);
      if (exitCode !== 0) show(style("dim", `  exit code ${exitCode}`));
      return output;
    },
    watch(args) {
      show(style("cyan", `${typed(args)} &`));
      const child = start(args);
      child.stderr?.resume();
      const told: string[] = [];
      let seen = 0;
      const news = new EventTarget();
      const ended = (async () => {
        for await (const line of linesOf(child)) {
          show(`${style("magenta", "  watch ┃")} ${line}`);
          told.push(line);
          news.dispatchEvent(new Event("line"));
        }
      })();
      return {
        ended,
        async seen(pattern) {
          const signal = AbortSignal.timeout(PATIENCE);
          for (;;) {
            const found = told.findIndex((line, at) => at >= seen && pattern.test(line));
            seen = found < 0 ? told.length : found + 1;
            if (found >= 0) return;
            await once(news, "line", { signal });
          }
        },
      };
    },
    close() {
      for (const child of children) child.kill("SIGKILL");
    },
  };

  function start(args: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, ...args], {
      cwd,
      env: { ...process.env, NEXUS_ATTEST_SERVER: server },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.add(child);
    child.once("close", () => children.delete(child));
    return child;
  }
}

function linesOf(child: ChildProcess): AsyncIterable<string> {
  if (child.stdout === null) throw new TypeError("the child has no standard output");
  return createInterface({ input: child.stdout });
}

function lines(text: string): string[] {
  return text.trimEnd().split("\n");
}

/** As a shell wants it. */
function quoted(word: string): string {
  return /^[A-Za-z0-9@:=._/,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
