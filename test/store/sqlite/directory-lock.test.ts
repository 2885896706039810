import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { UnusableDatabase } from "../../../src/store/sqlite/database.ts";
import { DirectoryInUse } from "../../../src/store/sqlite/directory-lock.ts";
import { openSqliteEventStore } from "../../../src/store/sqlite/event-store.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

test("a second process is told who has the directory; once that was killed, the next one gets it", async () => {
  const directory = temporaryDirectory();
  const holder = await holdInAnotherProcess(directory);
  const refusal = await openSqliteEventStore({ directory }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(DirectoryInUse);
  expect((refusal as Error).message).toContain(
    `The data directory ${directory} is in use by process ${holder.pid} on `,
  );
  expect((refusal as Error).message).toContain("stop it, or choose another directory");

  await holder.kill();
  expect(JSON.parse(readFileSync(join(directory, "lock.json"), "utf8"))).toMatchObject({ pid: holder.pid });
  const store = await openSqliteEventStore({ directory });
  expect(JSON.parse(readFileSync(join(directory, "lock.json"), "utf8"))).toMatchObject({ pid: process.pid });
  await store.close();
});

test("within one process too; and a closed store has let go", async () => {
  const directory = temporaryDirectory();
  const store = await openSqliteEventStore({ directory });
  await expect(openSqliteEventStore({ directory: join(directory, "x", "..") })).rejects.toThrow(DirectoryInUse);
  await store.close();
  await (await openSqliteEventStore({ directory })).close();
});

test("a refused process has not let go of the holder's lock", async () => {
  const directory = temporaryDirectory();
  await holdInAnotherProcess(directory);
  for (let attempt = 0; attempt < 3; attempt++)
    await expect(openSqliteEventStore({ directory })).rejects.toThrow(DirectoryInUse);
});

test("a directory that cannot be used is named, with what to do; made usable, it is", async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "lock.sqlite"));
  const opening = openSqliteEventStore({ directory });
  await expect(opening).rejects.toThrow(UnusableDatabase);
  await expect(opening).rejects.toThrow(`The data directory ${directory} cannot be used: unable to open database file`);
  rmdirSync(join(directory, "lock.sqlite"));
  await (await openSqliteEventStore({ directory })).close();
});

/** A process that has the directory's store open until it is killed. */
async function holdInAnotherProcess(directory: string) {
  const store = new URL("../../../src/store/sqlite/event-store.ts", import.meta.url).href;
  const script = `
    const { openSqliteEventStore } = await import(${JSON.stringify(store)});
    await openSqliteEventStore({ directory: ${JSON.stringify(directory)} });
    process.stdout.write("open");
    setInterval(() => {}, 60_000);`;
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const exited = once(child, "exit");
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  onTestFinished(kill);
  await Promise.race([once(child.stdout, "data"), exited.then(() => Promise.reject(new Error("it did not open")))]);
  return { pid: child.pid, kill };
}
