import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ImportConflictMode, ImportOutcome } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { ImportedFormat } from "../../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import { eventStoreDB } from "../eventstoredb/server-under-test.ts";
import { bytesOf, forge, GOLDEN, golden, type Loose } from "../exchange/golden.ts";
import { commandLine } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { eventsOf, requested } from "./release.ts";

const STORES = {
  "the embedded store": async () => ({}),
  EventStoreDB: async () => ({ store: (await eventStoreDB()).url }),
};

/** Several of these files are of one decision: whatever is not the first comes beside it. */
const KEEP = { conflictMode: ImportConflictMode.KEEP_BOTH, source: "their archive" };

describe.each(Object.entries(STORES))("on %s", (_, storeOf) => {
  test("each file of nexus-attest (Python) is imported, listed apart, read, watched, given out to the byte, and never executed", async () => {
    const server = await serverUnderTest({ config: await storeOf() });
    const { audit, imported, decisions } = server.as("human:ida");
    const ids = new Map<string, string>();
    for (const name of GOLDEN) {
      const bundleJson = golden(name);
      const file: Loose = JSON.parse(bundleJson.toString());
      const { decision, events } = file.control_bundle ?? file;
      const { importId, eventsWritten, unproven } = await audit.importBundle({ bundleJson, ...KEEP });
      ids.set(name, importId);
      expect(eventsWritten, name).toBe(events.length);
      expect(
        unproven.map(({ what }) => what),
        name,
      ).toEqual(expect.arrayContaining(["no_chain", "no_signature"]));
      const repeated = await audit.importBundle({ bundleJson, ...KEEP });
      expect(repeated, name).toMatchObject({ importId, eventsWritten: 0, outcome: ImportOutcome.UNCHANGED });

      const { importedDecision: shown } = await imported.getImportedDecision({ importId });
      expect(shown?.decision, name).toBeUndefined();
      expect(shown?.foreignLog, name).toMatchObject({
        decisionId: decision.decision_id,
        goal: decision.goal,
        status: decision.status,
        headSeq: events.length - 1,
        digest: file.integrity.binding_digest ?? file.integrity.canonical_digest,
        requester: { id: events[0].actor.id },
      });
      const findings = new Map(shown?.foreignLog?.findings.map(({ name: what, proven }) => [what, proven]));
      expect([findings.get("lifecycle"), findings.get("no_chain")], name).toEqual([true, false]);
      const isPackage = file.control_bundle !== undefined;
      const format = isPackage ? ImportedFormat.NEXUS_ATTEST_0_6 : ImportedFormat.NEXUS_ATTEST_0_5;
      expect(shown?.segments, name).toMatchObject([{ importedBy: { id: "ida" }, source: "their archive", format }]);
      const page = await imported.listImportedDecisionEvents({ importId });
      expect(page.events).toEqual([]);
      expect(
        page.foreignEvents.map(({ eventJson }) => JSON.parse(eventJson)),
        name,
      ).toEqual(events);
      const seen: (string | undefined)[] = [];
      for await (const { kind } of imported.watchImportedDecision({ importId, fromSeq: 0 })) {
        if (kind.case === "caughtUp") break;
        seen.push(kind.case === "foreignEvent" ? kind.value.type : kind.case);
      }
      expect(seen, name).toEqual(events.map(({ type }: Loose) => type));
      const given = await imported.exportImportedBundle({ importId });
      expect(Buffer.from(given.bundleJson).toString(), name).toBe(bundleJson.toString());
      const execute = decisions.executeDecision({ decisionId: importId });
      expect(await refusalOf(execute), name).toMatchObject({ reason: "DECISION_NOT_FOUND" });
      expect(await refusalOf(imported.getImportedDecision({ importId, evaluateAt: {} }))).toMatchObject({
        reason: "INVALID_REQUEST",
      });
    }
    expect(new Set(ids.values()).size).toBe(GOLDEN.length);
    const listed = await eventually("listed", async () => {
      const { imports } = await imported.listImportedDecisions({ pageSize: 200 });
      return [...ids.values()].every((id) => imports.some(({ importId }) => importId === id)) && imports;
    });
    const one = listed.find(({ importId }) => importId === ids.get("draft.bundle.json"));
    expect(one).toMatchObject({ foreignLog: { goal: "a draft", status: "DRAFT", findings: [] } });
    expect(one?.decision).toBeUndefined();
    const own = await decisions.listDecisions({});
    expect(own.decisions.filter(({ goal }) => goal === "a draft")).toEqual([]);
  });

  test("a file that claims to be a decision of ours touches nothing of it, and a tampered one is refused", async () => {
    const server = await serverUnderTest({ config: await storeOf() });
    const { audit, imported } = server.as("human:mallory");
    const decisionId = await requested(server);
    const before = await eventsOf(server.as("human:bob"), decisionId);
    const claiming = forge("template.bundle.json", (bundle) => {
      bundle.decision.decision_id = decisionId;
      for (const event of bundle.events)
        Object.assign(event, { decision_id: decisionId, event_id: `evt_${decisionId}_${event.seq}` });
    });
    const { importId } = await audit.importBundle({ bundleJson: bytesOf(claiming) });
    const { importedDecision } = await imported.getImportedDecision({ importId });
    expect(importedDecision?.foreignLog).toMatchObject({ decisionId, status: "COMPLETED" });
    expect(await eventsOf(server.as("human:bob"), decisionId)).toEqual(before);
    const { lifecycle } = (await server.as("human:bob").decisions.getDecision({ decisionId })).decision ?? {};
    expect(lifecycle?.executable).toBe(false);

    const tampered = golden("template.bundle.json").toString().replace('"alice"', '"mallory"');
    expect(await refusalOf(audit.importBundle({ bundleJson: bytesOf(tampered) }))).toMatchObject({
      code: "InvalidArgument",
      reason: "BUNDLE_INVALID",
      message: expect.stringContaining("nexus-attest-0.5"),
    });
  });
});

test("the command line imports such a file, and shows, follows and gives it out", { timeout: 120_000 }, async () => {
  const directory = temporaryDirectory();
  const server = await serverUnderTest();
  const run = (...args: readonly string[]) =>
    commandLine([...args, "--as", "human:ida"], { server: server.url, cwd: directory });
  const name = "failed-run.package.json";
  writeFileSync(join(directory, name), golden(name));
  const taken = await run("import", name);
  expect(taken).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^CREATED .*\n[^]*not proven: no_chain: /),
  });
  const importId = /import ([0-9a-f]{32})/.exec(taken.stdout)?.[1] ?? "";
  const { decision } = JSON.parse(golden(name).toString()).control_bundle;
  const shown = (await run("imported", "show", importId)).stdout;
  for (const words of [decision.decision_id, "FAILED there", "proven: lifecycle", "not proven: no_signature"])
    expect(shown).toContain(words);
  expect((await run("imported", "events", importId)).stdout).toMatch(/^ {3}0 .* DECISION_CREATED/);
  const listed = await eventually(
    "listed",
    async () => {
      const { stdout } = await run("imported", "list", "--decision", decision.decision_id);
      return stdout.includes(importId) && stdout;
    },
    60_000,
  );
  expect(listed).toContain("FAILED there");
  expect((await run("imported", "export", importId, "-o", "out.json")).exitCode).toBe(0);
  expect(readFileSync(join(directory, "out.json")).equals(golden(name))).toBe(true);
  expect((await run("imported", "show", importId, "--as-of-seq", "0")).exitCode).toBe(2);
});
