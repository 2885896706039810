import { join } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { ErrorInfoSchema } from "../../gen/ts/google/rpc/error_details_pb.ts";
import { PackageMode } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import type { WatchDecisionResponse } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { behindItsBack, eventsFile } from "../store/sqlite/raw-file.ts";
import { type Clients, type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

type Change = { readonly seq: number; readonly from: string; readonly to: string };

/** A server whose store holds three decisions, of which one event of the second was changed while the server was stopped. */
async function serverWithOneCorruptLog({ seq, from, to }: Change = LAST) {
  const directory = temporaryDirectory();
  const before = await serverUnderTest({ directory });
  const ids: string[] = [];
  for (const goal of ["first", "second", "third"]) ids.push(await request(before.as("human:bob"), goal));
  const [, corrupt = ""] = ids;
  const expiresAt = { seconds: BigInt(Math.floor(Date.now() / 1000) + 3600), nanos: 0 };
  for (const decisionId of ids)
    await before.as("human:carol").decisions.grantApproval({ decisionId, comment: "looks right", expiresAt });
  await before.close();

  behindItsBack(eventsFile(join(directory, "data")), (database) => {
    const where = "stream_id = (SELECT id FROM streams WHERE name = ?) AND revision = ?";
    const place = [`decision-${corrupt}`, seq] as const;
    const text = String(database.prepare(`SELECT data FROM events WHERE ${where}`).get(...place)?.["data"]);
    expect(text).toContain(from);
    database.prepare(`UPDATE events SET data = ? WHERE ${where}`).run(text.replace(from, to), ...place);
  });
  const server = await serverUnderTest({ directory });
  return { server, directory, corrupt, sound: ids.filter((id) => id !== corrupt) };
}

const LAST: Change = { seq: 2, from: "looks right", to: "looks bight" };
const CHANGES: readonly (Change & { readonly what: string })[] = [
  { what: "the first event's words", seq: 0, from: "second", to: "sec0nd" },
  { what: "the policy", seq: 1, from: '"minApprovals":2', to: '"minApprovals":1' },
  { what: "the last event's words, which no later event commits to", ...LAST },
  { what: "a time", seq: 2, from: '"occurredAt":"2', to: '"occurredAt":"3' },
  { what: "a brace", seq: 2, from: "{", to: "[" },
  { what: "a field's name", seq: 1, from: "requestId", to: "requestIb" },
];

async function request({ decisions }: Clients, goal: string): Promise<string> {
  const { decision } = await decisions.createDecision({
    goal,
    mode: Mode.DRY_RUN,
    policySource: { case: "policy", value: { minApprovals: 2, allowedModes: [Mode.DRY_RUN] } },
  });
  return decision?.decisionId ?? "";
}

async function refusalOf(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (error: unknown) => ConnectError.from(error),
  );
  return { code: error?.code, reason: error?.findDetails(ErrorInfoSchema)[0]?.reason, message: error?.rawMessage };
}

async function drained(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

/** Every call that concerns one decision. */
function everyCall(server: ServerUnderTest, decisionId: string): readonly [string, () => Promise<unknown>][] {
  const { decisions, audit } = server.as("human:dave");
  return [
    ["GetDecision", () => decisions.getDecision({ decisionId })],
    [
      "GetDecision as of its beginning",
      () => decisions.getDecision({ decisionId, asOf: { case: "asOfSeq", value: 0 } }),
    ],
    ["ListDecisionEvents", () => decisions.listDecisionEvents({ decisionId, pageSize: 1 })],
    ["WatchDecision", () => drained(decisions.watchDecision({ decisionId }))],
    ["GrantApproval", () => decisions.grantApproval({ decisionId })],
    ["RevokeApproval", () => decisions.revokeApproval({ decisionId })],
    ["RejectDecision", () => decisions.rejectDecision({ decisionId })],
    ["CancelDecision", () => server.as("human:bob").decisions.cancelDecision({ decisionId })],
    ["ExecuteDecision", () => decisions.executeDecision({ decisionId })],
    ["ExportAuditPackage", () => audit.exportAuditPackage({ decisionId, mode: PackageMode.REFERENCE })],
  ];
}

describe("one character of a stored event was changed", () => {
  test.each(CHANGES)(
    "$what: the decision answers STORED_LOG_CORRUPT, and nothing but that, again and again",
    async (change) => {
      const { server, corrupt } = await serverWithOneCorruptLog(change);
      for (let round = 0; round < 2; round++)
        for (const [name, call] of everyCall(server, corrupt))
          expect(await refusalOf(call()), name).toMatchObject({
            code: Code.DataLoss,
            reason: "STORED_LOG_CORRUPT",
            message: expect.stringMatching(
              /stored log of decision \w+ does not replay: .* until it has been restored\.$/,
            ),
          });
    },
  );

  test("other decisions work, old ones and new ones; lists and watches go on", async () => {
    const { server, sound, corrupt } = await serverWithOneCorruptLog();
    const { decisions } = server.as("human:dave");
    const leaving = new AbortController();
    const seen: string[] = [];
    const watch = (async () => {
      for await (const { kind } of decisions.watchDecisions({}, { signal: leaving.signal }))
        if (kind.case === "change") seen.push(kind.value.decision?.decisionId ?? "");
    })().catch((error: unknown) => ConnectError.from(error).code);

    for (const decisionId of sound) {
      const { lifecycle } = await decisions.grantApproval({ decisionId });
      expect(lifecycle?.progress?.approvalsValid).toBe(2);
      await drainedUntilCaughtUp(decisions.watchDecision({ decisionId }));
    }
    const fresh = await request(server.as("human:bob"), "fourth");
    const { consistencyToken } = await server.as("human:bob").decisions.cancelDecision({ decisionId: fresh });
    const listed = await decisions.listDecisions({ consistencyToken });
    expect(listed.decisions.map(({ decisionId }) => decisionId)).toContain(fresh);
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual(expect.arrayContaining([...sound, fresh]));
    expect(await refusalOf(decisions.getDecision({ decisionId: corrupt }))).toMatchObject({
      reason: "STORED_LOG_CORRUPT",
    });
    leaving.abort();
    expect(await watch).toBe(Code.Canceled);
  });
});

async function drainedUntilCaughtUp(stream: AsyncIterable<WatchDecisionResponse>) {
  for await (const { kind } of stream) if (kind.case === "caughtUp") return;
  throw new Error("the watch ended");
}
