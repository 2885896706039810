import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { foreignLog } from "../evidence/foreign-log.ts";
import { commandLine } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

test("the index of imports may be lost: the next start builds it, or index rebuild does", {
  timeout: 120_000,
}, async () => {
  const directory = temporaryDirectory();
  const data = join(directory, "data");
  const first = await serverUnderTest({ directory });
  for (const name of ["a", "b", "c"])
    await first.as("human:ida").audit.importBundle({ bundleJson: foreignLog({ requestId: name }).bundle() });
  const listed = async ({ as }: Pick<typeof first, "as">) =>
    (await as("human:ida").imported.listImportedDecisions({})).imports.map(({ importId }) => importId);
  const ids = await eventually("listed", async () => {
    const found = await listed(first);
    return found.length === 3 && found;
  });
  await first.close();
  rmSync(join(data, "imports.sqlite"));

  const second = await serverUnderTest({ directory });
  await eventually("built", async () => (await listed(second)).length === 3);
  await second.close();
  rmSync(join(data, "imports.sqlite"));

  const rebuilt = await commandLine(["index", "rebuild", "--data-dir", data, "--json"]);
  expect(JSON.parse(rebuilt.stdout)).toMatchObject({ events: 6, notIndexed: [] });
  const third = await serverUnderTest({ directory });
  expect(await listed(third), "at once").toEqual(ids);
});
