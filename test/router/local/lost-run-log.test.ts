import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { RunNotFound } from "../../../src/app/router.ts";
import { openLocalRouter } from "../../../src/router/local/local-router.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { newDecisionId } from "./recorder.ts";

test("a router whose record was lost does not say of an earlier run that it never began; of a later one it does", async () => {
  const directory = temporaryDirectory();
  const clock = createManualClock();
  const open = () => openLocalRouter({ directory, adapters: [], clock });
  const first = open();
  clock.advance(1_000);
  const claimedAt = clock.now();
  await first.close(0);
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${directory}/runs.sqlite${suffix}`, { force: true });

  clock.advance(1_000);
  const router = open();
  const earlier = newDecisionId();
  const asked = router.getRun("files", earlier, { fence: true, claimedAt });
  await expect(asked).rejects.toThrow(RunNotFound);
  await expect(asked).rejects.toThrow(/its own record begins at 2026-01-05T09:00:02\.000Z, after the run was claimed/);
  const later = { fence: true, claimedAt: clock.now() };
  expect(await router.getRun("files", newDecisionId(), later)).toMatchObject({ state: "NOT_STARTED" });
  await router.close(0);
});

test("a record that is still there knows when it began, however often it is opened", async () => {
  const directory = temporaryDirectory();
  const clock = createManualClock();
  await openLocalRouter({ directory, adapters: [], clock }).close(0);
  clock.advance(1_000);
  const claimedAt = clock.now();
  clock.advance(1_000);
  const router = openLocalRouter({ directory, adapters: [], clock });
  expect(await router.getRun("files", newDecisionId(), { fence: true, claimedAt })).toMatchObject({
    state: "NOT_STARTED",
  });
  await router.close(0);
});
