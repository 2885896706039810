import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { openSqliteEventStore } from "../../src/store/sqlite/event-store.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const ROUNDS = 8;

test("kill -9 at random moments: every acknowledged append is there, none is there by half, and nothing is lost later", async () => {
  const directory = temporaryDirectory();
  const acknowledged = new Map<string, number>();
  let total = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const moment = 1 + Math.floor(Math.random() * 400);
    total += await writeAndKill(directory, moment, acknowledged);
    const store = await openSqliteEventStore({ directory });
    try {
      for (const [stream, revision] of acknowledged) {
        const events = await Array.fromAsync(store.read(stream));
        const told = `${stream}, killed after ${moment} acknowledgements`;
        expect(events.length - 1, told).toBeGreaterThanOrEqual(revision);
        // An append that was not acknowledged may be there, but then whole, and only the one that was under way.
        expect(events.length % 3, told).toBe(0);
        expect(events.length - 1, told).toBeLessThanOrEqual(revision + 3);
        for (const [index, { revision, data }] of events.entries()) {
          expect(revision).toBe(index);
          expect(JSON.parse(data)).toMatchObject({ revision: index });
        }
        acknowledged.set(stream, events.length - 1);
      }
    } finally {
      await store.close();
    }
  }
  expect(total).toBeGreaterThan(ROUNDS);
});

/** Runs a writer until so many appends were acknowledged, kills it, and takes down all that it had acknowledged. */
async function writeAndKill(directory: string, moment: number, acknowledged: Map<string, number>): Promise<number> {
  const script = new URL("./append-until-killed.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script, directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "close");
  onTestFinished(() => void child.kill("SIGKILL"));
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [stream = "", revision = ""] = line.split(" ");
    acknowledged.set(stream, Number(revision));
    count += 1;
    if (count === moment) child.kill("SIGKILL");
  }
  await exited;
  expect(child.signalCode).toBe("SIGKILL");
  return count;
}
