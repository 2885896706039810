import { readdirSync, readFileSync } from "node:fs";
import type { ProcessIdentity } from "./step.ts";

/**
 * Signals a process group, whatever its members think of it. Quiet if there is none left, and if its members are another user's (a program that took on
 * other rights): whoever waits for them has to bound the wait.
 */
export function killGroup(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

/** The identity of a process that is running now. */
export function identify(pid: number): ProcessIdentity {
  return { pid, startTime: startTimeOf(pid) };
}

/** What the program of a step finds in its environment, and hands on to what it starts: by it they are found again after a crash. */
export function markOf(decisionId: string, stepId: string): Readonly<Record<string, string>> {
  return { NEXUS_ATTEST_DECISION_ID: decisionId, NEXUS_ATTEST_STEP_ID: stepId };
}

/** How often survivors are looked for: one that starts another at the very moment it is ended is met by the next look. */
const LOOKS = 5;

/**
 * Ends what is left of a step that an earlier server started: the group of its program, if that is still the very process, and everything that carries the
 * step's mark, so that neither a program that died before what it started nor one that was not on record yet leaves anything behind.
 *
 * @returns whether there was anything.
 */
export function killSurvivors(leader: ProcessIdentity | undefined, mark: Readonly<Record<string, string>>): boolean {
  let survived = false;
  if (leader !== undefined && leader.startTime !== "" && startTimeOf(leader.pid) === leader.startTime) {
    killGroup(leader.pid, "SIGKILL");
    survived = true;
  }
  for (let look = 0; look < LOOKS; look++) {
    const marked = processesWith(mark);
    if (marked.length === 0) break;
    survived = true;
    for (const pid of marked) kill(pid);
  }
  return survived;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

/**
 * Processes of this user in whose environment all of these stand; none where there is no /proc. Never this one: a step may have started this very server
 * anew, as its job was.
 */
function processesWith(mark: Readonly<Record<string, string>>): readonly number[] {
  const wanted = Object.entries(mark).map(([name, value]) => `${name}=${value}`);
  return read(() => readdirSync("/proc"), [])
    .filter((name) => /^[0-9]+$/.test(name) && name !== String(process.pid))
    .filter((pid) => {
      const environment = read(() => readFileSync(`/proc/${pid}/environ`, "utf8"), "").split("\0");
      return wanted.every((each) => environment.includes(each));
    })
    .map(Number);
}

/** Field 22 of /proc/PID/stat; empty where there is none. */
function startTimeOf(pid: number): string {
  const stat = read(() => readFileSync(`/proc/${pid}/stat`, "latin1"), "");
  // The second field, the program's name in brackets, may hold anything.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

/** What /proc says; processes come and go while it is read. */
function read<Answer>(ask: () => Answer, otherwise: Answer): Answer {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}
