import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { ImportConflictMode } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { MAX_FILE_BYTES, MAX_PARTS } from "../../src/evidence/json-file.ts";
import { largeLog } from "../app/imports-under-test.ts";
import { foreignLog } from "../evidence/foreign-log.ts";
import { canonical, digest, type Loose } from "../evidence/forgeries/forger.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { refusalOf } from "./refusal.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const GOOD = new TextDecoder().decode(foreignLog().approve("carol").bundle());

function changed(change: (bundle: Loose, events: Loose[]) => void): Uint8Array {
  const bundle: Loose = JSON.parse(GOOD);
  change(bundle, bundle.controlBundle.events);
  return bytesOf(canonical(bundle));
}

/** Changed, and every digest made good again. */
function resealed(change: (events: Loose[], bundle: Loose) => void): Uint8Array {
  return changed((bundle, events) => {
    change(events, bundle);
    for (const [index, event] of events.entries()) if (index > 0) event.previousDigest = digest(events[index - 1]);
    bundle.controlBundle.headDigest = digest(events.at(-1));
    bundle.controlDigest = digest(bundle.controlBundle);
  });
}

const logOf = (events: string) =>
  `{"controlBundle":{"bundleVersion":"nexus.attest/control-bundle/v1","events":[${events}]},"fileVersion":"nexus.attest/decision-bundle/v1"}`;

const HOSTILE: Readonly<Record<string, () => Uint8Array>> = {
  "64 MiB of brackets": () => bytesOf("[".repeat(MAX_FILE_BYTES)),
  "64 MiB of one text": () => bytesOf(`{"fileVersion":"${"x".repeat(MAX_FILE_BYTES - 20)}"}`),
  "deep nesting": () => bytesOf(`{"fileVersion":${"[".repeat(100_000)}${"]".repeat(100_000)}}`),
  "a million events": () => bytesOf(logOf("{},".repeat(999_999) + "{}")),
  "as many empty events as there may be parts": () => bytesOf(logOf(`${"0,".repeat(MAX_PARTS - 10)}0`)),
  "half a million readable fields": () =>
    bytesOf(
      `{"fileVersion":"nexus.attest/decision-bundle/v1",${Array.from({ length: 500_000 }, (_, i) => `"x${i}":${i}`).join(",")}}`,
    ),
  "an event of 63 MiB": () => resealed((events) => (events[0].decisionCreated.goal = "x".repeat(63 * 1024 * 1024))),
  "duplicate keys": () => bytesOf(GOOD.replace('"controlDigest":', '"controlDigest":"","controlDigest":')),
  "duplicate keys within an event": () => bytesOf(GOOD.replace('"seq":2', '"seq":1,"seq":2')),
  "a key that is the prototype": () => bytesOf(GOOD.replace("{", '{"__proto__":{"fileVersion":1},')),
  "half a surrogate pair": () => bytesOf(GOOD.replace("raise the limit", "\\ud800")),
  "a wrong seq": () => resealed((events) => (events[2].seq = 3)),
  "a seq that is no number": () => resealed((events) => (events[2].seq = "2")),
  "a seq beyond all": () => resealed((events) => (events[2].seq = 4_294_967_295)),
  "an event twice": () => resealed((events) => events.push(structuredClone(events[2]))),
  "a missing event": () => resealed((events) => events.splice(1, 1)),
  "digits of another script in an id": () =>
    resealed((events, { controlBundle }) => {
      controlBundle.decisionId = "\uff11".repeat(32);
      for (const event of events) event.decisionId = "\uff11".repeat(32);
    }),
  "an approver who looks like the requester to a policy that folds, and is not": () =>
    resealed((events) => (events[2].actor.id = "bob")),
  "an id that leaves its stream": () =>
    resealed((events, { controlBundle }) => {
      controlBundle.decisionId = "../decision-1";
      for (const event of events) event.decisionId = "../decision-1";
    }),
  "an approval of another request": () =>
    resealed((events) => (events[2].approvalGranted.requestDigest = `sha256:${"0".repeat(64)}`)),
  "a gate that nobody passed": () =>
    resealed((events) => {
      delete events[2].approvalGranted;
      events[2].executionStarted = {};
    }),
};

/** The most memory that this process took while something ran, beyond what it had, in MiB; and how long others had to wait at most, in milliseconds. */
async function measured(server: ServerUnderTest, run: () => Promise<unknown>) {
  const { decisions } = server.as("human:olivia");
  const before = process.memoryUsage().rss;
  let [most, longest, isDone] = [before, 0, false];
  const watching = (async () => {
    while (!isDone) {
      const began = performance.now();
      await decisions.listDecisions({});
      longest = Math.max(longest, performance.now() - began);
      most = Math.max(most, process.memoryUsage().rss);
      await sleep(5);
    }
  })();
  const began = performance.now();
  await run().finally(() => (isDone = true));
  await watching;
  return { took: performance.now() - began, mebibytes: (most - before) / 2 ** 20, longest };
}

test.each(Object.entries(HOSTILE))(
  "%s: nothing is written, in bounded time and memory, and others are served meanwhile",
  { timeout: 120_000 },
  async (_, make) => {
    const server = await serverUnderTest();
    const { audit, imported, decisions } = server.as("human:mallory");
    const bundleJson = make();
    const { took, mebibytes, longest } = await measured(server, async () => {
      expect(await refusalOf(audit.importBundle({ bundleJson }))).toMatchObject({ reason: "BUNDLE_INVALID" });
    });
    // Wide of what it takes on a busy machine, and far from what such a file could be made to cost.
    expect(took).toBeLessThan(30_000);
    expect(mebibytes).toBeLessThan(1_536);
    expect(longest).toBeLessThan(5_000);
    expect((await imported.listImportedDecisions({})).imports).toEqual([]);
    expect((await decisions.listDecisions({})).decisions).toEqual([]);
    const { report } = await audit.verifyBundle({ bundleJson });
    if (bundleJson.length < 1_000_000) expect(report?.decisionId.length).toBeLessThan(5_000);
  },
);

test("a bundle as large as it may be is taken in, in bounded memory, and others are served meanwhile", {
  timeout: 180_000,
}, async () => {
  const server = await serverUnderTest();
  const { audit, imported } = server.as("human:mallory");
  const bundleJson = largeLog(250, 255_000).bundle();
  expect(bundleJson.length).toBeGreaterThan(60 * 1024 * 1024);
  const { importId, eventsWritten } = await audit.importBundle({ bundleJson: largeLog(1).bundle() });
  expect(eventsWritten).toBe(4);
  const conflictMode = ImportConflictMode.KEEP_BOTH;
  let keptId = importId;
  const { mebibytes, longest } = await measured(server, async () => {
    const kept = await audit.importBundle({ bundleJson, conflictMode });
    expect(kept.eventsWritten).toBe(502);
    keptId = kept.importId;
  });
  expect(mebibytes).toBeLessThan(1_536);
  expect(longest).toBeLessThan(10_000);
  const given = await imported.exportImportedBundle({ importId: keptId });
  expect(Buffer.compare(given.bundleJson, bundleJson)).toBe(0);
});
