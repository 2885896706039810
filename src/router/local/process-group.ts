import { readFileSync } from "node:fs";
import type { ProcessIdentity } from "./step.ts";

/** Ends a process group at once, whatever its members think of it. Quiet if there is none. */
export function killGroup(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The identity of a process that is running now. */
export function identify(pid: number): ProcessIdentity {
  return { pid, startTime: startTimeOf(pid) };
}

/** Ends the group of a process that an earlier server started, if it is still that very process. */
export function killSurvivors({ pid, startTime }: ProcessIdentity): boolean {
  if (startTime === "" || startTimeOf(pid) !== startTime) return false;
  killGroup(pid, "SIGKILL");
  return true;
}

/** Field 22 of /proc/PID/stat; empty where there is none. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field, the program's name in brackets, may hold anything.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
