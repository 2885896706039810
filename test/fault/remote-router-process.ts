import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const PROGRAM = new URL("./remote-router.ts", import.meta.url).pathname;

/** A router in a process of its own, which knows nothing of what becomes of the server. */
export async function remoteRouter() {
  const cwd = join(temporaryDirectory(), "router");
  mkdirSync(cwd);
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", PROGRAM], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "close");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: url } = (await lines.next()) as { readonly value: string };
  const { value: publicKey } = (await lines.next()) as { readonly value: string };
  const calls = join(cwd, "calls");
  return {
    config: { routers: [{ name: "remote", url, adapters: ["far"] }] },
    /** By which it signs. */
    publicKey: Buffer.from(publicKey, "base64"),
    go: () => writeFileSync(join(cwd, "go"), ""),
    runs: () => ranIn(calls).length,
    /** The decisions that were run, one entry for each run. */
    ran: () => ranIn(calls),
  };
}

function ranIn(calls: string): readonly string[] {
  return existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
}
