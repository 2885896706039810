import { type ChildProcess, spawn } from "node:child_process";
import type { SubprocessAdapterConfig } from "./adapter-config.ts";
import { type ArgumentsFile, writeArgumentsFile } from "./arguments-file.ts";
import type { StepFailure } from "./failure-code.ts";
import { identify, killGroup, markOf } from "./process-group.ts";
import { type CallAdapter, failed, readAnswer, type StepCall, type StepResult, succeeded } from "./step.ts";

/** How much of standard error is kept: its end. */
const STDERR_TAIL = 16 * 1024;

/** How long a program is waited for that nothing can end, in milliseconds: another user's, or one that hangs in the kernel. */
const UNENDING = 5_000;

/**
 * Starts the adapter's program for a step: `<command…> call <tool> <method> --json-args-file <path>`, JSON on standard output, exit code 0. The program gets a
 * process group of its own, which is ended when the step ends, however that is, so that nothing it started outlives it (but for what leaves the group).
 *
 * @param scratch directory for argument files, private to the server.
 */
export function createSubprocessAdapter(config: SubprocessAdapterConfig, scratch: string): CallAdapter {
  return async (call) => {
    let file: ArgumentsFile | undefined;
    let child: ChildProcess;
    try {
      file = writeArgumentsFile(scratch, call.step.call.argumentsJson || "{}");
      child = start(config, call, file.path);
    } catch (error) {
      file?.remove();
      return notStarted(config, error as Error);
    }
    try {
      return await runToEnd(child, config, call);
    } finally {
      file.remove();
    }
  };
}

function start(config: SubprocessAdapterConfig, { decisionId, step, dryRun }: StepCall, file: string): ChildProcess {
  const [program, ...first] = config.command;
  const { tool, method } = step.call;
  const last = dryRun ? (config.dryRunArguments ?? []) : [];
  return spawn(program, [...first, "call", tool, method, "--json-args-file", file, ...last], {
    cwd: config.cwd,
    env: { PATH: process.env["PATH"], ...config.env, ...markOf(decisionId, step.stepId) },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    shell: false,
  });
}

function notStarted({ command }: SubprocessAdapterConfig, error: NodeJS.ErrnoException | undefined): StepResult {
  // A code only: a message could quote the environment, and with it a secret.
  const code = error?.code ?? "no reason given";
  return failed("SPAWN_FAILED", `The program ${command[0]} could not be started: ${code}.`);
}

async function runToEnd(child: ChildProcess, config: SubprocessAdapterConfig, call: StepCall): Promise<StepResult> {
  const { pid } = child;
  const exited = whenExited(child);
  // Whoever listens for it only after the exit may have missed it.
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  if (pid === undefined) return notStarted(config, (await exited).error);
  try {
    call.onProcess(identify(pid));
  } catch (error) {
    // Without a record of it nobody would look for it after a crash.
    killGroup(pid, "SIGKILL");
    throw error;
  }

  const output: Buffer[] = [];
  let size = 0;
  let stderr = Buffer.alloc(0);
  let ended: { readonly code: StepFailure; readonly message: string } | undefined;
  let killTimer: NodeJS.Timeout | undefined;
  const unending = Promise.withResolvers<{ code: null; signal: null }>();

  child.stdout?.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= config.maxOutputBytes) output.push(chunk);
    // Whoever writes too much is not asked politely: every further byte costs.
    else end("OUTPUT_TOO_LARGE", `The program wrote more than ${config.maxOutputBytes} bytes.`, 0);
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr = Buffer.concat([stderr, chunk]).subarray(-STDERR_TAIL);
  });
  const timeout = setTimeout(
    () =>
      end("STEP_TIMEOUT", `The program did not end within ${config.timeout / 1000} seconds.`, config.terminateGrace),
    config.timeout,
  );
  const onAbort = () => end("CANCELLED", "The run was cancelled.", config.terminateGrace);
  call.signal.addEventListener("abort", onAbort, { once: true });
  if (call.signal.aborted) onAbort();

  const { code, signal } = await Promise.race([exited, unending.promise]);
  clearTimeout(timeout);
  call.signal.removeEventListener("abort", onAbort);
  killGroup(pid, "SIGKILL");
  await drained(child, closed);
  clearTimeout(killTimer);

  const facts = { exitCode: code ?? undefined, stderrTail: stderr.toString("utf8").toWellFormed() };
  if (ended !== undefined) return failed(ended.code, ended.message, facts);
  if (signal !== null) return failed("STEP_KILLED", `The program was ended by ${signal}.`, facts);
  if (code !== 0) return failed("STEP_FAILED", `The program ended with exit code ${code}.`, facts);
  const answer = readAnswer(Buffer.concat(output));
  if ("problem" in answer) return failed("OUTPUT_NOT_JSON", `The program's standard output: ${answer.problem}.`, facts);
  return succeeded({ ...facts, outputJson: answer.json });

  function end(failureCode: StepFailure, message: string, grace: number): void {
    if (ended !== undefined || pid === undefined) return;
    ended = { code: failureCode, message };
    child.stdout?.destroy();
    if (grace === 0) return kill(pid);
    killGroup(pid, "SIGTERM");
    killTimer = setTimeout(kill, grace, pid);
  }

  function kill(group: number): void {
    killGroup(group, "SIGKILL");
    killTimer = setTimeout(() => {
      if (ended !== undefined)
        ended = { ...ended, message: `${ended.message} It could not be ended and may still run.` };
      unending.resolve({ code: null, signal: null });
    }, UNENDING);
  }
}

/** The program's own end. Its pipes may be held open longer, by what it started. */
function whenExited(child: ChildProcess) {
  return new Promise<{ code: number | null; signal: NodeJS.Signals | null; error?: Error }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", (error) => resolve({ code: null, signal: null, error }));
  });
}

/** Waits for what is left in the pipes. With the group gone nobody writes any more; a process that left the group is not waited for. */
async function drained(child: ChildProcess, closed: Promise<void>): Promise<void> {
  const limit = AbortSignal.timeout(1_000);
  await Promise.race([closed, new Promise<void>((resolve) => limit.addEventListener("abort", () => resolve()))]);
  child.stdout?.destroy();
  child.stderr?.destroy();
}
