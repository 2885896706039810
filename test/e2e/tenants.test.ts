import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ActorType } from "../../gen/ts/nexus/attest/v1/actor_pb.ts";
import { ROLES } from "../../src/domain/grant.ts";
import { documentedCalls } from "../docs/access.ts";
import { behindItsBack, eventsFile } from "../store/sqlite/raw-file.ts";
import { eventually } from "../support/eventually.ts";
import { type Protocol, type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { ANY_REQUEST, newPublicKey } from "./any-request.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, POLICY, RELEASE } from "./release.ts";

const PROTOCOLS: readonly Protocol[] = ["grpc", "connect", "grpc-web"];
const of = (tenant: string) => [{ key: "tenant", value: tenant }];
const ELSEWHERE = "0123456789abcdef0123456789abcdef";

/** Two tenants; each has one person with every role that takes a scope, for its own label. */
async function stage(): Promise<ServerUnderTest> {
  const roles = ROLES.filter((role) => role !== "key_admin");
  const authorization = [
    ...["red", "blue"].map((tenant) => ({ roles, actors: [`human:${tenant}`], scope: { labels: { tenant } } })),
    { roles: ["executor", "auditor"], actors: ["human:files-only"], scope: { adapters: ["files"] } },
    { roles: [...ROLES], actors: ["human:root"] },
  ];
  return await serverUnderTest({ config: { authorization, ...adaptersIn(temporaryDirectory()).config } });
}

async function requestedBy(server: ServerUnderTest, tenant: string, more: object = {}): Promise<string> {
  const { decision, consistencyToken } = await server
    .as(`human:${tenant}`)
    .decisions.createDecision({ ...RELEASE, labels: of(tenant), ...more });
  await server.as("human:root").decisions.listDecisions({ consistencyToken });
  return decision?.decisionId ?? "";
}

async function listed(server: ServerUnderTest, who: string, more: object = {}): Promise<readonly string[]> {
  const { decisions } = await server.as(`human:${who}`).decisions.listDecisions(more);
  return decisions.map(({ decisionId }) => decisionId);
}

describe.each(PROTOCOLS)("what another tenant requested, over %s", (protocol) => {
  test("is to the letter what does not exist, whatever is asked of it", async () => {
    const server = await stage();
    const decisionId = await requestedBy(server, "red");
    await server.as("human:red").templates.createTemplate({ name: "reds", policy: POLICY, matchLabels: of("red") });
    const { key } = await server.as("human:root").approverKeys.enrollApproverKey({
      approver: { type: ActorType.HUMAN, id: "red" },
      publicKey: newPublicKey(),
    });
    const [keyId, noKey] = [key?.keyId ?? "", `sha256:${"0".repeat(64)}`];
    const blue = server.as("human:blue", { protocol });
    const calls = documentedCalls().filter(({ of: what }) => ["decision", "template", "key"].includes(what));
    expect(calls.length).toBeGreaterThan(13);
    for (const { rpc } of calls) {
      const call = ANY_REQUEST[rpc];
      if (call === undefined) throw new Error(rpc);
      const hidden = await refusalOf(call(blue, { decisionId, template: "reds", keyId, labels: [] }));
      const missing = await refusalOf(
        call(blue, { decisionId: ELSEWHERE, template: "none", keyId: noKey, labels: [] }),
      );
      const renamed = (text: string) =>
        text.replace(decisionId, ELSEWHERE).replace("reds", "none").replace(keyId, noKey);
      expect(hidden.code, rpc).toBe("NotFound");
      expect({ ...hidden, message: renamed(hidden.message) }, rpc).toEqual(missing);
    }
    // Nothing of it was done.
    const { events } = await server.as("human:red").decisions.listDecisionEvents({ decisionId });
    expect(events).toHaveLength(2);
  });
});

describe("lists", () => {
  test("hold one's own tenant, whatever the filter, and pages count nothing else", async () => {
    const server = await stage();
    const [reds, blues]: [string[], string[]] = [[], []];
    for (let i = 0; i < 4; i++) {
      reds.push(await requestedBy(server, "red"));
      blues.push(await requestedBy(server, "blue"));
    }
    expect((await listed(server, "red")).toSorted()).toEqual(reds.toSorted());
    expect(await listed(server, "red", { filter: { labels: of("blue") } })).toEqual([]);
    expect(await listed(server, "red", { filter: { requesterId: "blue" } })).toEqual([]);
    expect(await listed(server, "root")).toHaveLength(8);
    const whole = await server.as("human:red").decisions.listDecisions({ pageSize: 4 });
    expect(whole.nextPageToken).toBe("");
    // A page token of the other tenant leads to nothing of theirs.
    const { nextPageToken: pageToken } = await server.as("human:blue").decisions.listDecisions({ pageSize: 1 });
    expect(pageToken).not.toBe("");
    for (const id of await listed(server, "red", { pageToken, pageSize: 1 })) expect(reds).toContain(id);
  });

  test("a consistency token of another tenant says as little as one of nobody", async () => {
    const server = await stage();
    const theirs = await requestedBy(server, "blue");
    const ask = (id: string) => server.as("human:red").decisions.listDecisions({ consistencyToken: `${id}.0` });
    const [hidden, missing] = await Promise.all([refusalOf(ask(theirs)), refusalOf(ask(ELSEWHERE))]);
    expect(hidden).toEqual(missing);
    expect(hidden.reason).toBe("STORE_UNAVAILABLE");
  }, 20_000);

  test("of templates hold those of all, and of one's own tenant", async () => {
    const server = await stage();
    for (const tenant of ["red", "blue"])
      await server
        .as(`human:${tenant}`)
        .templates.createTemplate({ name: `${tenant}s`, policy: POLICY, matchLabels: of(tenant) });
    await server.as("human:root").templates.createTemplate({ name: "anybodys", policy: POLICY });
    const { templates } = await server.as("human:red").templates.listTemplates({ pageSize: 2 });
    expect(templates.map(({ name }) => name)).toEqual(["anybodys", "reds"]);
    const { nextPageToken } = await server.as("human:blue").templates.listTemplates({ pageSize: 2 });
    expect(nextPageToken).toBe("");
    // Named in a request, another tenant's template is not there either.
    const using = (name: string) =>
      server.as("human:red").decisions.createDecision({
        ...RELEASE,
        labels: of("red"),
        policySource: { case: "template", value: { name } },
      });
    expect(await refusalOf(using("blues"))).toMatchObject({
      ...(await refusalOf(using("none"))),
      message: expect.any(String),
    });
    await using("anybodys");
    const claimed = { name: "grab", policy: POLICY };
    for (const matchLabels of [of("blue"), []])
      expect(
        await refusalOf(server.as("human:red").templates.createTemplate({ ...claimed, matchLabels })),
      ).toMatchObject({ reason: "PERMISSION_DENIED" });
  });

  test("of keys hold one's own", async () => {
    const server = await stage();
    for (const id of ["red", "blue"])
      await server
        .as("human:root")
        .approverKeys.enrollApproverKey({ approver: { type: ActorType.HUMAN, id }, publicKey: newPublicKey() });
    const { keys } = await server.as("human:red").approverKeys.listApproverKeys({});
    expect(keys.map(({ approver }) => approver?.id)).toEqual(["red"]);
    expect((await server.as("human:red").approverKeys.listApproverKeys({ approverId: "blue" })).keys).toEqual([]);
    expect((await server.as("human:root").approverKeys.listApproverKeys({})).keys).toHaveLength(2);
  });
});

test("a watch of all decisions tells of one's own tenant, from the beginning, live, and from another's cursor", async () => {
  const server = await stage();
  const seen: string[] = [];
  let cursor = "";
  const stop = new AbortController();
  const first = [await requestedBy(server, "red"), await requestedBy(server, "blue")];
  const watching = (async () => {
    for await (const { kind } of server.as("human:red").decisions.watchDecisions({}, { signal: stop.signal })) {
      if (kind.case === "caughtUp") ({ cursor } = kind.value);
      if (kind.case === "change") seen.push(kind.value.decision?.decisionId ?? "");
    }
  })().catch(() => undefined);
  await eventually("it has caught up", () => cursor !== "");
  await requestedBy(server, "blue");
  const last = await requestedBy(server, "red");
  await eventually("the last one is told", () => seen.includes(last));
  stop.abort();
  await watching;
  expect(new Set(seen)).toEqual(new Set([first[0], last]));

  const replayed: string[] = [];
  for await (const { kind } of server.as("human:blue").decisions.watchDecisions({ cursor })) {
    if (kind.case !== "change") continue;
    replayed.push(kind.value.decision?.decisionId ?? "");
    if (replayed.length === 2) break;
  }
  expect(replayed).not.toContain(last);
  expect(new Set(replayed).size).toBe(1);
});

describe("a new decision", () => {
  test.each([
    { what: "another tenant's label", labels: of("blue") },
    { what: "no label", labels: [] },
    { what: "a label that only looks like it", labels: [{ key: "tenant", value: "red " }] },
    { what: "a key that only looks like it", labels: [{ key: "Tenant", value: "red" }] },
  ])("with $what: denied, and made again so, denied as well", async ({ labels }) => {
    const server = await stage();
    const { decisions } = server.as("human:red");
    const create = (wanted: typeof labels) =>
      decisions.createDecision({ ...RELEASE, requestId: "one", labels: wanted });
    const refused = async () => await refusalOf(create(labels));
    expect((await refused()).reason).toMatch(/^(PERMISSION_DENIED|INVALID_REQUEST)$/);
    await create(of("red"));
    expect((await refused()).reason).toMatch(/^(PERMISSION_DENIED|INVALID_REQUEST)$/);
    expect(await listed(server, "blue")).toEqual([]);
  });

  test("with a label twice is nobody's way into two tenants", async () => {
    const server = await stage();
    const labels = [...of("red"), ...of("blue")];
    expect(await refusalOf(server.as("human:red").decisions.createDecision({ ...RELEASE, labels }))).toMatchObject({
      reason: "INVALID_REQUEST",
    });
  });
});

describe("a scope with adapters", () => {
  test("takes in the decisions on them, and none that is on another or leaves it open", async () => {
    const server = await stage();
    const on = await requestedBy(server, "root", { adapterId: "files" });
    const off = await requestedBy(server, "root", { adapterId: "waiting" });
    const policy = { case: "policy", value: { ...POLICY, allowedAdapters: ["files"] } };
    const open = await requestedBy(server, "root", { adapterId: "", policySource: policy });
    const { decisions } = server.as("human:files-only");
    expect(await listed(server, "files-only")).toEqual([on]);
    expect(await refusalOf(decisions.executeDecision({ decisionId: on }))).toMatchObject({ reason: "GATE_CLOSED" });
    for (const request of [
      { decisionId: off },
      { decisionId: off, adapterId: "files" },
      { decisionId: open, adapterId: "files" },
    ])
      expect(await refusalOf(decisions.executeDecision(request))).toMatchObject({
        reason: "DECISION_NOT_FOUND",
      });
  });
});

test("a decision whose log is damaged is not there for whoever may not see it, and damaged for whoever sees all", async () => {
  const directory = temporaryDirectory();
  const authorization = [
    { roles: ["requester"], actors: ["human:red"] },
    { roles: ["auditor"], actors: ["human:blue"], scope: { labels: { tenant: "blue" } } },
    { roles: ["auditor"], actors: ["human:root"] },
  ];
  const config = { authorization };
  const before = await serverUnderTest({ directory, config });
  const { decision } = await before.as("human:red").decisions.createDecision({ ...RELEASE, labels: of("red") });
  const decisionId = decision?.decisionId ?? "";
  await before.close();
  behindItsBack(eventsFile(join(directory, "data")), (file) =>
    file.prepare("UPDATE events SET data = replace(data, 'raise the limit', 'lower the limit')").run(),
  );
  const server = await serverUnderTest({ directory, config });
  const ask = (who: string, id: string) =>
    refusalOf(server.as(`human:${who}`).decisions.getDecision({ decisionId: id }));
  expect((await ask("root", decisionId)).reason).toBe("STORED_LOG_CORRUPT");
  const [damaged, missing] = [await ask("blue", decisionId), await ask("blue", ELSEWHERE)];
  expect({ ...damaged, message: damaged.message.replace(decisionId, ELSEWHERE) }).toEqual(missing);
});

test("a role counts in its own scope only, whatever else somebody sees by another role", async () => {
  const mixed = { actors: ["human:mixed"] };
  const server = await serverUnderTest({
    config: {
      authorization: [
        { roles: ["requester"], actors: ["human:red", "human:blue"] },
        { roles: ["auditor"], ...mixed },
        { roles: ["approver", "executor", "operator"], ...mixed, scope: { labels: { tenant: "red" } } },
      ],
    },
  });
  const by = async (tenant: string) => {
    const { decision } = await server
      .as(`human:${tenant}`)
      .decisions.createDecision({ ...RELEASE, labels: of(tenant) });
    return decision?.decisionId ?? "";
  };
  const [red, blue] = [await by("red"), await by("blue")];
  const { decisions } = server.as("human:mixed");
  await decisions.grantApproval({ decisionId: red });
  for (const call of [
    decisions.grantApproval({ decisionId: blue }),
    decisions.rejectDecision({ decisionId: blue, reason: "no" }),
    decisions.executeDecision({ decisionId: blue }),
    decisions.settleExecution({ decisionId: blue, resolution: { case: "askRouter", value: {} } }),
  ])
    expect(await refusalOf(call)).toMatchObject({ code: "PermissionDenied", reason: "PERMISSION_DENIED" });
  const { events } = await decisions.listDecisionEvents({ decisionId: blue });
  expect(events).toHaveLength(2);
});
