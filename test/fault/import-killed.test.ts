import { describe, expect, test } from "vitest";
import { ImportConflictMode, ImportOutcome } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { readImport } from "../../src/evidence/read-import.ts";
import { largeLog } from "../app/imports-under-test.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { foreignLog } from "../evidence/foreign-log.ts";
import { eventually } from "../support/eventually.ts";
import { executionStage } from "./execution-stage.ts";

const LOG = largeLog();
const BASE = foreignLog();

const textOf = ({ bundleJson }: { readonly bundleJson: Uint8Array }) => new TextDecoder().decode(bundleJson);

const POINTS = [1, 2, 3].flatMap((append) => [`before import append ${append}`, `after import append ${append}`]);

function importIdOf(bytes: Uint8Array): string {
  const read = readImport(bytes);
  if ("problem" in read) throw new Error(read.problem);
  return read.importId;
}

describe("kill -9 in the middle of an import", { timeout: 120_000 }, () => {
  test.each(POINTS)("%s: readers see nothing of it, or all; the same call finishes it", async (point) => {
    const stage = executionStage();
    const dying = await stage.start({ diesAt: point });
    const bundleJson = LOG.bundle();
    const importId = importIdOf(bundleJson);
    const request = { bundleJson, requestId: "take-it", source: "elsewhere" };
    await expect(dying.as("human:ida").audit.importBundle(request)).rejects.toThrow();
    expect(await dying.exited, "ended by a signal").toBeNull();

    const server = await stage.start();
    const { audit, imported, decisions } = server.as("human:ida");
    const isWhole = point === "after import append 3";
    if (isWhole)
      expect((await imported.getImportedDecision({ importId })).importedDecision?.decision?.headSeq).toBe(25);
    else {
      for (const read of [
        imported.getImportedDecision({ importId }),
        imported.listImportedDecisionEvents({ importId }),
        imported.watchImportedDecision({ importId }),
        imported.exportImportedBundle({ importId }),
      ])
        expect(await refusalOf(read)).toMatchObject({ code: "NotFound", reason: "IMPORT_NOT_FOUND" });
      expect((await imported.listImportedDecisions({})).imports).toEqual([]);
    }
    expect((await decisions.listDecisions({})).decisions).toEqual([]);

    const result = await audit.importBundle(request);
    expect(result).toMatchObject({ importId, outcome: ImportOutcome.CREATED });
    expect(textOf(await imported.exportImportedBundle({ importId }))).toBe(textOf(request));
    await eventually("listed", async () => (await imported.listImportedDecisions({})).imports.length === 1);
  });

  test("of a fast-forward: what was there stays as it was until the rest is whole", async () => {
    const stage = executionStage();
    const before = await stage.start();
    const importId = importIdOf(BASE.bundle());
    await before.as("human:ida").audit.importBundle({ bundleJson: BASE.bundle() });
    await before.stop();
    const dying = await stage.start({ diesAt: "after import append 2" });
    const request = { bundleJson: LOG.bundle(), conflictMode: ImportConflictMode.FAST_FORWARD };
    await expect(dying.as("human:ida").audit.importBundle(request)).rejects.toThrow();
    await dying.exited;

    const server = await stage.start();
    const { audit, imported } = server.as("human:ivy");
    expect(textOf(await imported.exportImportedBundle({ importId }))).toBe(textOf({ bundleJson: BASE.bundle() }));
    const seqs: number[] = [];
    const watched = (async () => {
      for await (const { kind } of imported.watchImportedDecision({ importId })) {
        if (kind.case === "event") seqs.push(kind.value.event?.seq ?? -1);
        if (seqs.length === 26) return;
      }
    })();
    await eventually("watched", () => seqs.length === 2);
    expect(await audit.importBundle(request)).toMatchObject({ outcome: ImportOutcome.FAST_FORWARDED });
    await watched;
    expect(seqs).toEqual(Array.from({ length: 26 }, (_, seq) => seq));
    expect(textOf(await imported.exportImportedBundle({ importId }))).toBe(textOf(request));
  });
});
