import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openSqliteEventStore } from "../../src/store/sqlite/event-store.ts";
import { behindItsBack, eventsFile } from "../store/sqlite/raw-file.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

/** A place for a data directory that can be made full and roomy again while a server is at work in it. */
export interface SmallDisk {
  readonly data: string;
  /** What to run in place of the command line. */
  readonly program?: string;
  fill(): void;
  makeRoom(): void;
}

/** A file system of 16 MiB: the event store, the index and the router's log are all on it. */
export function smallFileSystem(): SmallDisk {
  const mounted = temporaryDirectory();
  mount(mounted);
  onTestFinished(() => unmount(mounted));
  const ballast = join(mounted, "ballast");
  return {
    data: join(mounted, "data"),
    fill() {
      for (let bytes = 16 * 1024 * 1024; bytes >= 4096; bytes /= 2) {
        try {
          for (;;) writeFileSync(ballast, Buffer.alloc(bytes), { flag: "a" });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        }
      }
    },
    makeRoom: () => rmSync(ballast),
  };
}

/** An event store alone whose file cannot grow, where file systems must not be mounted. */
export async function smallEventStore(): Promise<SmallDisk> {
  const data = join(temporaryDirectory(), "data");
  mkdirSync(data);
  await (await openSqliteEventStore({ directory: data })).close();
  return {
    data,
    program: new URL("./small-store-server.ts", import.meta.url).pathname,
    fill: () =>
      behindItsBack(eventsFile(data), (database) => {
        database.exec("CREATE TABLE ballast (bytes BLOB)");
        database.prepare("INSERT INTO ballast VALUES (zeroblob(?))").run(7 * 1024 * 1024);
      }),
    makeRoom: () => behindItsBack(eventsFile(data), (database) => database.exec("DROP TABLE ballast")),
  };
}

/** Whether this user may mount a file system here. */
export function canMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), "nexus-attest-mount-"));
  try {
    mount(place);
    unmount(place);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function mount(place: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", place], { stdio: "ignore" });
}

function unmount(place: string): void {
  execFileSync("umount", ["--lazy", place], { stdio: "ignore" });
}
