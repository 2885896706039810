import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { serverIdIn } from "../src/server-id.ts";
import { serverUnderTest } from "./support/server-under-test.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

describe("a server's id", () => {
  test("is random, private to its directory, and stays the same for as long as that lives", () => {
    const directory = temporaryDirectory();
    const id = serverIdIn(directory);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(serverIdIn(directory)).toBe(id);
    expect(readFileSync(join(directory, "server-id"), "utf8")).toBe(`${id}\n`);
    expect(statSync(join(directory, "server-id")).mode & 0o777).toBe(0o600);
    expect(serverIdIn(temporaryDirectory())).not.toBe(id);
  });

  test("survives a crash while it was being written", () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "server-id.new"), "5e27e5");
    const id = serverIdIn(directory);
    expect(serverIdIn(directory)).toBe(id);
  });

  test.each(["", "5e27e500", "everybody\n"])("is not made up anew over what is damaged: %j", (text) => {
    const directory = temporaryDirectory();
    const file = join(directory, "server-id");
    writeFileSync(file, text);
    expect(() => serverIdIn(directory)).toThrow(`${file} does not hold a server's id`);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test("is told at the start, and kept through a restart; damaged, it leaves no lock behind", async () => {
    const directory = temporaryDirectory();
    const first = await serverUnderTest({ directory });
    const told = (server: typeof first) => server.log.lines.find(({ message }) => message === "serving")?.facts;
    const id = readFileSync(join(directory, "data", "server-id"), "utf8").trimEnd();
    expect(told(first)).toMatchObject({ serverId: id });
    await first.close();
    writeFileSync(join(directory, "data", "server-id"), "?");
    await expect(serverUnderTest({ directory })).rejects.toThrow("does not hold a server's id");
    writeFileSync(join(directory, "data", "server-id"), `${id}\n`);
    expect(told(await serverUnderTest({ directory }))).toMatchObject({ serverId: id });
  });
});
