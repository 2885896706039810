import { execFileSync } from "node:child_process";
import { arch, cpus, loadavg, platform, totalmem } from "node:os";

/** What the numbers depend on. Nothing that says whose machine it is. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Load average of the last minute before the benchmark began: above 0 something else was at work. */
  readonly loadBefore: number;
  /** The commit measured; "+" if files were changed since. */
  readonly commit: string;
}

export function describeMachine(): Machine {
  return {
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    commit: commit(),
  };
}

function commit(): string {
  try {
    const git = (...args: readonly string[]) =>
      execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    return (
      git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain", "--", "src", "bench/*.ts") === "" ? "" : "+")
    );
  } catch {
    return "unknown";
  }
}
