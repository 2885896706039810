import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { writeArgumentsFile, writeNewFile } from "../../../src/router/local/arguments-file.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { finished, localRouterUnderTest } from "./local-router-under-test.ts";
import { runRequest } from "./recorder.ts";

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe("the file of a step's arguments", () => {
  test("is its owner's only, whatever the umask, in a directory that is so too", () => {
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const { path, remove } = writeArgumentsFile(temporaryDirectory(), "{}");
    expect([mode(path), mode(dirname(path))]).toEqual(["600", "700"]);
    remove();
    expect(existsSync(dirname(path))).toBe(false);
  });

  test("lies where nobody can know before", () => {
    const scratch = temporaryDirectory();
    const places = Array.from({ length: 50 }, () => basename(dirname(writeArgumentsFile(scratch, "{}").path)));
    expect(new Set(places).size).toBe(50);
    for (const place of places) expect(place).toMatch(/^step-[A-Za-z0-9]{6,}$/);
  });

  test.each(["a file", "a link to a file", "a link to nothing"])("is never written over what is there: %s", (what) => {
    const directory = temporaryDirectory();
    const [path, precious] = [join(directory, "arguments.json"), join(directory, "precious")];
    if (what !== "a link to nothing") writeFileSync(what === "a file" ? path : precious, "precious");
    if (what !== "a file") symlinkSync(precious, path);
    expect(() => writeNewFile(path, "{}")).toThrow(/EEXIST/);
    if (what === "a link to nothing") expect(existsSync(precious)).toBe(false);
    else expect(readFileSync(path, "utf8")).toBe("precious");
  });

  test("leaves nothing behind where it cannot be written", () => {
    const scratch = temporaryDirectory();
    expect(() => writeArgumentsFile(scratch, undefined as unknown as string)).toThrow();
    expect(readdirSync(scratch)).toEqual([]);
  });
});

test("a link in the place of the directory for them is replaced, not followed", async () => {
  const directory = temporaryDirectory();
  const precious = join(temporaryDirectory(), "precious");
  mkdirSync(precious);
  writeFileSync(join(precious, "file"), "precious");
  symlinkSync(precious, join(directory, "steps"));
  const router = localRouterUnderTest({ directory });
  await finished(router, runRequest());
  expect(router.calls()[0]?.file).toContain(join(directory, "steps"));
  expect(readdirSync(precious)).toEqual(["file"]);
  expect(mode(join(directory, "steps"))).toBe("700");
});
