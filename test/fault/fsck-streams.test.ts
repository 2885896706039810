import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ActorType } from "../../gen/ts/nexus/attest/v1/actor_pb.ts";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { digestMetadata } from "../../src/app/stored-digest.ts";
import { toWireEnvelope } from "../../src/codec/dsse-envelope.ts";
import { configSchema } from "../../src/config/schema.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { approvalStatement } from "../../src/evidence/approval-statement.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import { signEnvelope } from "../../src/evidence/dsse.ts";
import { readKeyEvent, sealKeyEvent } from "../../src/evidence/key-chain.ts";
import { startServer } from "../../src/server.ts";
import { check, copyOf, type Left } from "../cli/stores-to-check.ts";
import { adaptersIn, POLICY, requested } from "../e2e/release.ts";
import { foreignLog } from "../evidence/foreign-log.ts";
import { behindItsBack, eventsFile } from "../store/sqlite/raw-file.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { eventually } from "../support/eventually.ts";
import { clientsOf } from "../support/server-under-test.ts";
import { newSigningKey } from "../support/signing-key.ts";

const PEOPLE = { carol: newSigningKey(), dave: newSigningKey(), erin: newSigningKey() };
const SIGNED = { policySource: { case: "policy", value: { ...POLICY, requireSignedApprovals: true } } } as const;

interface Everything extends Pick<Left, "directory" | "remove"> {
  /** Approved by carol and dave. */
  readonly kept: string;
  /** Approved by dave and erin, whose key was revoked. */
  readonly lost: string;
  /** The same, taken back before. */
  readonly cancelled: string;
  readonly importId: string;
  /** When it was. */
  readonly revokedAt: number;
}

/** A directory in good order with streams of every kind, and an index that has heard of all of it. */
async function leftWithEverything(): Promise<Everything> {
  const home = mkdtempSync(join(tmpdir(), "nexus-attest-fsck-"));
  const directory = join(home, "data");
  const config = configSchema.parse({
    listen: "127.0.0.1:0",
    dataDir: directory,
    approverKeys: { administrators: ["admin"] },
    ...adaptersIn(home).config,
  });
  const server = await startServer(config, { log: createCapturedLog(), environment: {} });
  const as = (actor: string) => clientsOf(server.url, actor);
  const { approverKeys } = as("human:admin");
  const { decisions } = as("human:bob");
  const approveSigned = async (decisionId: string, who: keyof typeof PEOPLE) => {
    const { decision } = await decisions.getDecision({ decisionId });
    const statement = approvalStatement({
      decisionId: decisionId as DecisionId,
      requestDigest: decision?.requestDigest as never,
      policyDigest: decision?.policyDigest as never,
      headDigest: decision?.headDigest as never,
      approver: { type: "HUMAN", id: who },
      comment: "",
      expiresAt: undefined,
    });
    const signature = toWireEnvelope(signEnvelope(statement, PEOPLE[who].signer));
    await as(`human:${who}`).decisions.grantApproval({ decisionId, signature });
  };
  const approvedBy = async (...people: readonly (keyof typeof PEOPLE)[]) => {
    const decisionId = await requested({ as }, SIGNED);
    for (const who of people) await approveSigned(decisionId, who);
    return decisionId;
  };
  try {
    for (const [id, { key }] of Object.entries(PEOPLE))
      await approverKeys.enrollApproverKey({ approver: { type: ActorType.HUMAN, id }, publicKey: key.bytes });
    await as("human:alice").templates.createTemplate({ name: "release", policy: POLICY });
    const bundleJson = foreignLog().approve("carol").bundle();
    const { importId } = await as("human:ida").audit.importBundle({ bundleJson });
    const kept = await approvedBy("carol", "dave");
    const lost = await approvedBy("dave", "erin");
    const cancelled = await approvedBy("dave", "erin");
    await decisions.cancelDecision({ decisionId: cancelled });
    await approverKeys.revokeApproverKey({ keyId: PEOPLE.erin.key.keyId, reason: "stolen" });
    const revokedAt = Date.now();
    await eventually("the index has heard of it", async () => {
      const { decisions: listed } = await decisions.listDecisions({});
      return listed.find(({ decisionId }) => decisionId === lost)?.state === DecisionState.PENDING_APPROVAL;
    });
    // The index goes on to something later.
    const later = await requested({ as });
    await decisions.listDecisions({ consistencyToken: `${later}.1` });
    const remove = () => rmSync(home, { recursive: true, force: true });
    return { directory, kept, lost, cancelled, importId, revokedAt, remove };
  } finally {
    await server.close();
  }
}

let left: Everything;
beforeAll(async () => {
  left = await leftWithEverything();
}, 60_000);
afterAll(() => left.remove());

const HOUR = 3_600_000;

/** What is found after somebody has been at the events, or at the index. */
async function found(
  edit: (database: DatabaseSync) => void,
  file: "events" | "index" = "events",
  now = left.revokedAt + HOUR,
) {
  const directory = copyOf(left as never);
  behindItsBack(file === "events" ? eventsFile(directory) : join(directory, "index.sqlite"), edit);
  const { problems, notChecked } = await check(directory, { now });
  expect(notChecked).toEqual([]);
  return problems;
}

const streamRows = (stream: string) => `stream_id = (SELECT id FROM streams WHERE name = '${stream}')`;

/** Writes an event anew with the digest beside it. */
function rewrite(database: DatabaseSync, stream: string, revision: number, change: (text: string) => string): void {
  const where = `${streamRows(stream)} AND revision = ${revision}`;
  const before = String(database.prepare(`SELECT data FROM events WHERE ${where}`).get()?.["data"]);
  const text = change(before);
  expect(text).not.toBe(before);
  const digest = digestOf(text);
  // Wherever the digest of the event stands beside the stream's events.
  database
    .prepare(`UPDATE events SET metadata = replace(metadata, ?, ?) WHERE ${streamRows(stream)}`)
    .run(digestOf(before), digest);
  database.prepare(`UPDATE events SET data = ? WHERE ${where}`).run(text);
}

test("streams of every kind are checked, and a store in good order is sound", async () => {
  const { checked, problems, notChecked } = await check(copyOf(left as never), { now: left.revokedAt + HOUR });
  expect({ problems, notChecked }).toEqual({ problems: [], notChecked: [] });
  expect(checked).toMatchObject({ streams: 7, index: { rows: 4, isBehind: false } });
});

describe("the log of a template", () => {
  const stream = "template-release";
  test("that was changed is found, and so is a policy that no server takes", async () => {
    const change = (text: string) => text.replace('"minApprovals":2', '"minApprovals":101');
    expect(
      await found((database) =>
        database.exec(
          `UPDATE events SET data = replace(data, '"minApprovals":2', '"minApprovals":1') WHERE ${streamRows(stream)}`,
        ),
      ),
    ).toMatchObject([{ kind: "LOG", stream, seq: 0, message: expect.stringMatching(/digest/) }]);
    expect(await found((database) => rewrite(database, stream, 0, change))).toMatchObject([
      { kind: "RULE", stream, seq: 0, message: "event_schema: policy.minApprovals is not from 1 to 100." },
    ]);
    expect(
      await found((database) => rewrite(database, stream, 0, (text) => text.replace('"release"', '"reward"'))),
    ).toMatchObject([{ kind: "LOG", stream, seq: 0, message: expect.stringMatching(/holds the log of reward/) }]);
    expect(
      await found((database) => database.exec(`UPDATE events SET metadata = NULL WHERE ${streamRows(stream)}`)),
    ).toMatchObject([{ kind: "LOG", stream, seq: 0, message: "the digest that belongs beside it is gone" }]);
  });
});

describe("the registry of approvers' keys", () => {
  const stream = "approver-keys";
  test("that gives a key to somebody else is found, whether or not the digest beside it was made good", async () => {
    const change = (text: string) => text.replace('"id":"dave"', '"id":"mallory"');
    expect(
      await found((database) =>
        database.exec(
          `UPDATE events SET data = replace(data, '"id":"dave"', '"id":"mallory"') WHERE ${streamRows(stream)}`,
        ),
      ),
    ).toContainEqual(expect.objectContaining({ kind: "LOG", stream, seq: 1 }));
    expect(await found((database) => rewrite(database, stream, 1, change))).toContainEqual(
      expect.objectContaining({ kind: "LOG", stream, seq: 2, message: expect.stringMatching(/previous_digest/) }),
    );
  });

  test("in which something happens that cannot is found where it stands", async () => {
    const problems = await found((database) => {
      const last = database
        .prepare(`SELECT stream_id, data FROM events WHERE ${streamRows(stream)} AND revision = 3`)
        .get();
      const text = String(last?.["data"]);
      const { event } = readKeyEvent(3, text);
      const sealed = sealKeyEvent({
        ...event,
        eventId: "again",
        requestId: "again",
        seq: 4,
        previousDigest: digestOf(text),
      });
      const streamId = Number(last?.["stream_id"]);
      database
        .prepare(
          "INSERT INTO events (stream_id, revision, id, type, data, metadata) VALUES (?, 4, 'again', 'KEY_REVOKED', ?, ?)",
        )
        .run(streamId, sealed.text, digestMetadata(sealed.digest));
      database.prepare("UPDATE streams SET revision = 4 WHERE id = ?").run(streamId);
    });
    expect(problems).toEqual([
      { kind: "LOG", stream, seq: 4, message: "event 4 (KEY_REVOKED): a key is revoked once" },
    ]);
  });

  test("from which a revocation was taken is found by the rows that know of it", async () => {
    const problems = await found((database) =>
      database.exec(
        `DELETE FROM events WHERE ${streamRows(stream)} AND revision = 3; UPDATE streams SET revision = 2 WHERE name = '${stream}'`,
      ),
    );
    expect(problems).toContainEqual(
      expect.objectContaining({
        kind: "INDEX",
        stream: `decision-${left.lost}`,
        message: 'its row says state "PENDING_APPROVAL", by the log "APPROVED"',
      }),
    );
    expect(problems.filter((problem) => problem.stream === `decision-${left.kept}`)).toEqual([]);
  });
});

describe("an import", () => {
  const stream = () => `imported-${left.importId}`;
  test("of which an event was changed is found, also with every digest made good", async () => {
    expect(
      await found((database) =>
        database.exec(`UPDATE events SET data = replace(data, 'carol', 'carla') WHERE ${streamRows(stream())}`),
      ),
    ).toMatchObject([{ kind: "LOG", stream: stream(), seq: 2, message: expect.stringMatching(/digest/) }]);
    const other = digestOf("something else");
    const problems = await found((database) =>
      rewrite(database, stream(), 2, (text) => text.replace(/"requestDigest":"[^"]+"/, `"requestDigest":"${other}"`)),
    );
    expect(problems).toMatchObject([
      { kind: "LOG", stream: stream(), message: expect.stringMatching(/has not the digest of the file/) },
      { kind: "RULE", stream: stream(), message: expect.stringMatching(/^request_digest: /) },
    ]);
  });

  test("that stands under another's name, or beside which a template was put, is found", async () => {
    const other = "f".repeat(32);
    const moved = await found((database) =>
      database.exec(`UPDATE streams SET name = 'imported-${other}' WHERE name = '${stream()}'`),
    );
    expect(moved).toMatchObject([
      { kind: "LOG", stream: `imported-${other}`, seq: 2, message: expect.stringMatching(/holds another log/) },
    ]);
    const row = `${streamRows(stream())} AND revision = 0`;
    const put = await found((database) => {
      const metadata = JSON.parse(
        String(database.prepare(`SELECT metadata FROM events WHERE ${row}`).get()?.["metadata"]),
      );
      const signature = { payload: "AAAA", payloadType: "x", signatures: [{ keyid: "k", sig: "AAAA" }] };
      database.prepare(`UPDATE events SET metadata = ? WHERE ${row}`).run(JSON.stringify({ ...metadata, signature }));
    });
    expect(put.map(({ kind }) => kind)).toContain("LOG");
  });

  test("that was cut short is as it should be", async () => {
    const problems = await found((database) =>
      database.exec(
        `DELETE FROM events WHERE ${streamRows(stream())} AND revision = 2; UPDATE streams SET revision = 1 WHERE name = '${stream()}'`,
      ),
    );
    // That events are missing from the file is seen; of the stream nothing is wrong.
    expect(problems.map(({ kind }) => kind)).toEqual(["STORE"]);
  });
});

describe("the row of a decision with signed approvals", () => {
  /** Changes what a row says, and what it is found by. */
  const say = (id: string, state: string, valid: number) => (database: DatabaseSync) => {
    const { row } = database.prepare("SELECT row FROM decisions WHERE decision_id = ?").get(id) as {
      readonly row: string;
    };
    const before = JSON.parse(row) as { readonly progress: object };
    const progress = { ...before.progress, approvalsValid: valid, approvalsMissing: 2 - valid };
    const text = JSON.stringify({ ...before, state, progress });
    database.prepare("UPDATE decisions SET row = ?, state = ? WHERE decision_id = ?").run(text, state, id);
  };

  test("that does not know of a lost key is found, once the index has had time to hear of it", async () => {
    const stale = say(left.lost, "APPROVED", 2);
    expect(await found(stale, "index")).toMatchObject([
      {
        kind: "INDEX",
        stream: `decision-${left.lost}`,
        message: 'its row says state "APPROVED", by the log "PENDING_APPROVAL"',
      },
      { kind: "INDEX", message: expect.stringMatching(/^its row says progress/) },
      { kind: "INDEX", message: expect.stringMatching(/^it is found by state/) },
    ]);
    // A server may have been stopped right between the two.
    expect(await found(stale, "index", left.revokedAt + 1_000)).toEqual([]);
  });

  test("that knows of a loss which nobody suffered is found", async () => {
    expect(await found(say(left.kept, "PENDING_APPROVAL", 1), "index")).toMatchObject([
      { kind: "INDEX", stream: `decision-${left.kept}`, message: expect.stringMatching(/^its row says state/) },
      { kind: "INDEX", message: expect.stringMatching(/^its row says progress/) },
      { kind: "INDEX", message: expect.stringMatching(/^it is found by state/) },
    ]);
  });

  test("may be as of before or after the loss once the decision is over, and as of nothing else", async () => {
    expect(await found(say(left.cancelled, "CANCELLED", 1), "index")).toEqual([]);
    expect(await found(say(left.cancelled, "CANCELLED", 0), "index")).toMatchObject([
      { kind: "INDEX", stream: `decision-${left.cancelled}` },
    ]);
  });

  test("is judged by no registry that does not replay, and is no second alarm", async () => {
    const problems = await found((database) =>
      database.exec(`UPDATE events SET data = replace(data, 'stolen', 'mislaid') WHERE ${streamRows("approver-keys")}`),
    );
    expect(problems.map(({ kind, stream }) => `${kind} ${stream}`)).toEqual(["LOG approver-keys"]);
  });
});
