import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from "../../gen/ts/grpc/health/v1/health_pb.ts";
import { ActorType } from "../../gen/ts/nexus/attest/v1/actor_pb.ts";
import { CheckStatus, PackageMode, Verdict } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { LifecycleCause } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { toWireEnvelope } from "../../src/codec/dsse-envelope.ts";
import type { DecisionId, Digest } from "../../src/domain/ids.ts";
import { approvalStatement } from "../../src/evidence/approval-statement.ts";
import { signEnvelope } from "../../src/evidence/dsse.ts";
import { openClient } from "../../src/store/eventstoredb/client.ts";
import { parseConnection } from "../../src/store/eventstoredb/connection.ts";
import { doubleUnderTest, eventStoreDB } from "../eventstoredb/server-under-test.ts";
import { commandLine } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { serverProcess } from "../support/server-process.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { newSigningKey } from "../support/signing-key.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, eventsOf, POLICY, RELEASE, requested } from "./release.ts";

describe("a server on EventStoreDB", () => {
  test("carries a decision from the request to the audit package", async () => {
    const directory = temporaryDirectory();
    const adapters = adaptersIn(directory);
    const { url } = await eventStoreDB();
    const server = await serverUnderTest({ directory, config: { ...adapters.config, store: url } });
    const as = (person: string) => server.as(`human:${person}`);

    const decisionId = await requested(server);
    const closed = await refusalOf(as("bob").decisions.executeDecision({ decisionId }));
    expect(closed).toMatchObject({ code: "FailedPrecondition", reason: "GATE_CLOSED" });
    await approve(server, decisionId, "carol", "dave");
    const executed = await as("bob").decisions.executeDecision({ decisionId, wait: { seconds: 30n } });
    expect(executed.lifecycle?.state).toBe(DecisionState.COMPLETED);
    expect(adapters.read("release/limit.txt")).toBe("250\n");

    const seen: string[] = [];
    for await (const { kind } of as("erin").decisions.watchDecision({ decisionId }))
      if (kind.case === "event") seen.push(kind.value.event?.body.case ?? "");
    expect(seen).toHaveLength(7);

    const { consistencyToken } = await as("bob").decisions.createDecision(RELEASE);
    const listed = await as("erin").decisions.listDecisions({ consistencyToken, pageSize: 200 });
    expect(listed.decisions.map((decision) => decision.decisionId)).toContain(decisionId);

    const { packageJson } = await as("erin").audit.exportAuditPackage({ decisionId, mode: PackageMode.EMBEDDED });
    const { report } = await as("erin").audit.verifyAuditPackage({ packageJson });
    expect(report?.checks.filter(({ status }) => status === CheckStatus.FAIL)).toEqual([]);
    expect(report).toMatchObject({ verdict: Verdict.CONSISTENT, decisionId });
  });

  test("writes what an operator understands in the store's own browser", async () => {
    const { url } = await eventStoreDB();
    const server = await serverUnderTest({ config: { store: url } });
    const requestId = `release-${crypto.randomUUID()}`;
    const decisionId = await requested(server, { requestId });
    await approve(server, decisionId, "carol");
    const client = openClient(parseConnection(url));
    const recorded = [];
    for await (const { event } of client.calls.readStream(`decision-${decisionId}`)) recorded.push(event);
    await client.close(1_000);
    expect(recorded.map((event) => event?.type)).toEqual(["DECISION_CREATED", "POLICY_ATTACHED", "APPROVAL_GRANTED"]);
    expect(recorded.every((event) => event?.isJson)).toBe(true);
    expect(recorded[0]?.data).toMatchObject({ decisionId, decisionCreated: { goal: RELEASE.goal } });
    const events = await eventsOf(server.as("human:erin"), decisionId);
    expect(recorded.map((event) => event?.metadata)).toEqual(
      events.map((event) => ({
        digest: expect.stringMatching(/^sha256:/),
        $correlationId: decisionId,
        $causationId: event.requestId,
      })),
    );
    expect(events[0]?.requestId).toBe(requestId);
  });

  test("a key that one server revoked opens no gate at another, whose watchers are told", async () => {
    const { url } = await eventStoreDB();
    const config = {
      store: url,
      approverKeys: { administrators: ["admin"] },
      ...adaptersIn(temporaryDirectory()).config,
    };
    const [one, other] = [await serverUnderTest({ config }), await serverUnderTest({ config })];
    const { key, signer } = newSigningKey();
    const id = `carol-${crypto.randomUUID()}`;
    const approver = { type: ActorType.HUMAN, id };
    await one.as("human:admin").approverKeys.enrollApproverKey({ approver, publicKey: key.bytes });
    const policy = { ...POLICY, minApprovals: 1, requireSignedApprovals: true };
    const decisionId = await requested(one, { policySource: { case: "policy", value: policy } });
    const { decision } = await other.as("human:bob").decisions.getDecision({ decisionId });
    const statement = approvalStatement({
      decisionId: decisionId as DecisionId,
      requestDigest: decision?.requestDigest as Digest,
      policyDigest: decision?.policyDigest as Digest,
      headDigest: decision?.headDigest as Digest,
      approver: { type: "HUMAN", id },
      comment: "",
      expiresAt: undefined,
    });
    const signature = toWireEnvelope(signEnvelope(statement, signer));
    const granted = await other.as(`human:${id}`).decisions.grantApproval({ decisionId, signature });
    expect(granted.lifecycle?.state).toBe(DecisionState.APPROVED);
    const causes: LifecycleCause[] = [];
    const watching = new AbortController();
    const watched = (async () => {
      const call = { signal: watching.signal };
      for await (const { kind } of other.as("human:erin").decisions.watchDecision({ decisionId }, call))
        if (kind.case === "lifecycle") causes.push(kind.value.cause);
    })().catch(() => undefined);
    await eventually("it is watched", () => causes.length === 1);
    await one.as("human:admin").approverKeys.revokeApproverKey({ keyId: key.keyId, reason: "stolen" });
    expect(await refusalOf(other.as("human:bob").decisions.executeDecision({ decisionId }))).toMatchObject({
      reason: "GATE_CLOSED",
    });
    await eventually("the watcher is told", () => causes.at(-1) === LifecycleCause.KEY_REVOKED);
    watching.abort();
    await watched;
  });

  test("what one server has answered, another on the same store reads at once, and its watchers see", async () => {
    const { url } = await eventStoreDB();
    const [one, other] = [
      await serverUnderTest({ config: { store: url } }),
      await serverUnderTest({ config: { store: url } }),
    ];
    const decisionId = await requested(one);
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { kind } of other.as("human:erin").decisions.watchDecision({ decisionId }))
        if (kind.case === "event") seen.push(kind.value.event?.body.case ?? "");
    })();
    await eventually("watched", () => seen.length === 2);
    await approve(one, decisionId, "carol");
    const { decision } = await other.as("human:erin").decisions.getDecision({ decisionId });
    expect(decision?.lifecycle?.progress).toMatchObject({ approvalsValid: 1 });
    await one.as("human:bob").decisions.cancelDecision({ decisionId, reason: "not now" });
    await watching;
    expect(seen).toEqual(["decisionCreated", "policyAttached", "approvalGranted", "decisionCancelled"]);
  });

  test("outlives the store: refuses while it is away, says that it does not serve, and goes on when it is back", async () => {
    const { url, network } = await eventStoreDB();
    const server = await serverUnderTest({ config: { store: url } });
    const { decisions } = server.as("human:bob");
    const decisionId = await requested(server);
    await network.kill();
    const refused = await eventually("refused", async () => {
      const refusal = await refusalOf(decisions.cancelDecision({ decisionId, reason: "no" }));
      return refusal.reason === "STORE_UNAVAILABLE" ? refusal : undefined;
    });
    expect(refused).toMatchObject({ code: "Unavailable" });
    const told = (message: string) => server.log.lines.some((line) => line.message === message);
    await eventually("told so", () => told("the event store does not serve"));
    const health = createClient(Health, createGrpcTransport({ baseUrl: server.url }));
    await eventually("not serving", async () => (await health.check({})).status === ServingStatus.NOT_SERVING);
    await network.restart();
    await eventually("serving", async () => (await health.check({})).status === ServingStatus.SERVING);
    expect(told("the event store serves again")).toBe(true);
    await eventually("cancelled", () =>
      decisions.cancelDecision({ decisionId, reason: "no" }).then(
        () => true,
        () => false,
      ),
    );
    expect(await eventsOf(server.as("human:erin"), decisionId)).toHaveLength(3);
  });

  test("starts while the store is away, and serves once it is there", async () => {
    const { url, network } = await doubleUnderTest();
    await network.kill();
    const server = await serverUnderTest({ config: { store: url } });
    expect(await refusalOf(requested(server))).toMatchObject({ reason: "STORE_UNAVAILABLE" });
    await network.restart();
    await eventually("served", () =>
      requested(server).then(
        () => true,
        () => false,
      ),
    );
  });
});

describe("nexus-attest serve on EventStoreDB", () => {
  test("takes credentials from a file, and shows them nowhere", async () => {
    const directory = temporaryDirectory();
    const { url } = await doubleUnderTest();
    const secret = join(directory, "store");
    writeFileSync(secret, `${url.replace("://", "://attest:hunter2@")}\n`);
    const config = join(directory, "config.yaml");
    writeFileSync(config, `listen: 127.0.0.1:0\nstore: {file: ${secret}}\n`);
    const server = await serverProcess({ cwd: directory, args: ["--config", config] });
    expect(server.stderr()).toContain(`"store":"${url}"`);
    expect(await server.stop()).toBe(0);
    expect(server.stderr()).not.toContain("hunter2");
  });

  test("takes them from the environment, and shows them nowhere, not even the client's own traces", async () => {
    const directory = temporaryDirectory();
    const { url } = await doubleUnderTest();
    const env = { NEXUS_ATTEST_STORE: url.replace("://", "://attest:hunter2@"), DEBUG: "esdb:*" };
    const server = await serverProcess({ cwd: directory, args: ["--listen", "127.0.0.1:0"], env });
    await eventually("traces", () => server.stderr().includes("esdb:connection"));
    expect(await server.stop()).toBe(0);
    expect(server.stderr()).not.toContain("hunter2");
  });

  test.each([
    ["a flag with credentials", ["--store", "esdb://attest:hunter2@127.0.0.1:1"], {}, /NEXUS_ATTEST_STORE/],
    [
      "an unknown option",
      [],
      { NEXUS_ATTEST_STORE: "esdb://attest:hunter2@127.0.0.1:1?what=ever" },
      /knows the options/,
    ],
    [
      "a certificate that is not there",
      [],
      { NEXUS_ATTEST_STORE: "esdb://attest:hunter2@localhost:1?tlsCAFile=/no/such.pem" },
      /certificate/,
    ],
    ["something else altogether", [], { NEXUS_ATTEST_STORE: "hunter2" }, /wants embedded/],
  ])("%s is refused with what to do, and without the password", async (_, args, env, words) => {
    const cwd = temporaryDirectory();
    const { exitCode, stderr } = await commandLine(["serve", "--listen", "127.0.0.1:0", ...args], { cwd, env });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(words);
    expect(stderr).not.toContain("hunter2");
  });

  test("two servers may share a store, but not a data directory", async () => {
    const directory = temporaryDirectory();
    const { url } = await doubleUnderTest();
    const config = { store: url, dataDir: directory };
    const first = await serverUnderTest({ config });
    await expect(serverUnderTest({ config })).rejects.toThrow(/in use/);
    await first.close();
    await serverUnderTest({ config });
  });
});
