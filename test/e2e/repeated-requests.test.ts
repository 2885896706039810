import { beforeEach, describe, expect, test } from "vitest";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { type Clients, type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, eventsOf, POLICY, RELEASE, type RequestInit, requested } from "./release.ts";

let server: ServerUnderTest;
let adapters: ReturnType<typeof adaptersIn>;
let bob: Clients["decisions"];
let carol: Clients["decisions"];
beforeEach(async () => {
  const directory = temporaryDirectory();
  adapters = adaptersIn(directory);
  server = await serverUnderTest({ directory, config: adapters.config });
  bob = server.as("human:bob").decisions;
  carol = server.as("human:carol").decisions;
});

const count = async (decisionId: string) => (await eventsOf(server.as("human:bob"), decisionId)).length;

describe("creating twice with the same request_id", () => {
  const request = { ...RELEASE, requestId: "ticket-4711", labels: [{ key: "b" }, { key: "a", value: "1" }] };

  test("gives the same decision, as it stood right after it was created, also after it has moved on", async () => {
    const first = await bob.createDecision(request);
    const decisionId = first.decision?.decisionId ?? "";
    await approve(server, decisionId, "carol");
    const again = await bob.createDecision(request);
    expect(again).toEqual(first);
    expect(await bob.createDecision({ ...request, labels: request.labels.toReversed() }), "labels are a set").toEqual(
      first,
    );
    expect(await count(decisionId)).toBe(3);
    expect((await bob.listDecisions({ consistencyToken: first.consistencyToken })).decisions).toHaveLength(1);
  });

  test("at the same time, fifty times: one decision", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => bob.createDecision(request)));
    expect(new Set(answers.map(({ decision }) => decision?.decisionId)).size).toBe(1);
    expect(new Set(answers.map(({ decision }) => decision?.headDigest)).size).toBe(1);
    expect(await count(answers[0]?.decision?.decisionId ?? "")).toBe(2);
  });

  test.each<readonly [string, RequestInit]>([
    ["another goal", { goal: "raise the limit to 999" }],
    ["another mode", { mode: Mode.DRY_RUN }],
    ["another adapter", { adapterId: "waiting" }],
    ["another plan", { plan: { steps: [] } }],
    ["another policy", { policySource: { case: "policy", value: { ...POLICY, minApprovals: 1 } } }],
    ["no policy", { policySource: { case: undefined } }],
    ["more labels", { labels: [...request.labels, { key: "c" }] }],
  ])("with %s is refused", async (what, change) => {
    const { decision } = await bob.createDecision(request);
    const other = what === "another plan" ? withoutPlan() : { ...request, ...change };
    expect(await refusalOf(bob.createDecision(other))).toMatchObject({
      code: "AlreadyExists",
      reason: "REQUEST_ID_REUSED",
      domain: "nexus-attest",
    });
    expect(await count(decision?.decisionId ?? "")).toBe(2);
  });

  test("is another decision for another actor, and for an actor of another type", async () => {
    const ids = new Set<string | undefined>();
    for (const actor of ["human:bob", "human:carol", "system:bob"])
      ids.add((await server.as(actor).decisions.createDecision(request)).decision?.decisionId);
    expect(ids.size).toBe(3);
  });

  test("without a request_id every call is a new decision", async () => {
    expect(await requested(server)).not.toBe(await requested(server));
  });

  function withoutPlan(): RequestInit {
    const { plan: _, ...rest } = request;
    return rest;
  }
});

describe("a command on a decision", () => {
  test("repeated gets its first answer and writes nothing, whatever has happened since", async () => {
    const decisionId = await requested(server);
    const grant = { decisionId, requestId: "yes-1", comment: "fine" };
    const revoke = { decisionId, requestId: "no-1", reason: "not so fine" };
    const granted = await carol.grantApproval(grant);
    const revoked = await carol.revokeApproval(revoke);
    expect(await carol.grantApproval(grant)).toEqual(granted);
    expect(await carol.revokeApproval(revoke)).toEqual(revoked);
    await bob.cancelDecision({ decisionId, requestId: "away-1" });
    expect(await carol.grantApproval(grant)).toEqual(granted);
    expect((await bob.cancelDecision({ decisionId, requestId: "away-1" })).event?.event?.seq).toBe(4);
    expect(await count(decisionId)).toBe(5);
  });

  test("reused for something else is refused", async () => {
    const decisionId = await requested(server);
    await carol.grantApproval({ decisionId, requestId: "1", comment: "fine" });
    const wanted = { code: "AlreadyExists", reason: "REQUEST_ID_REUSED" };
    expect(await refusalOf(carol.grantApproval({ decisionId, requestId: "1", comment: "fine?" }))).toMatchObject(
      wanted,
    );
    expect(
      await refusalOf(
        carol.grantApproval({ decisionId, requestId: "1", comment: "fine", expiresAt: { seconds: 4_000_000_000n } }),
      ),
    ).toMatchObject(wanted);
    expect(await refusalOf(carol.revokeApproval({ decisionId, requestId: "1" }))).toMatchObject(wanted);
    expect(await refusalOf(carol.rejectDecision({ decisionId, requestId: "1" }))).toMatchObject(wanted);
    await server.as("human:dave").decisions.grantApproval({ decisionId, requestId: "1" });
    expect(await count(decisionId), "dave's own request_id").toBe(4);
  });

  test("refused leaves no trace: its request_id can be used once it is in order", async () => {
    const decisionId = await requested(server);
    expect(await refusalOf(bob.executeDecision({ decisionId, requestId: "go" }))).toMatchObject({
      reason: "GATE_CLOSED",
    });
    await approve(server, decisionId, "carol", "dave");
    await bob.executeDecision({ decisionId, requestId: "go", wait: { seconds: 30n } });
  });

  test("ExecuteDecision repeated, fifty times at once and after the end, runs once and answers for the same gate", async () => {
    const decisionId = await requested(server, { adapterId: "waiting" });
    await approve(server, decisionId, "carol", "dave");
    const execute = { decisionId, requestId: "go", wait: { seconds: 30n } };
    const calls = Promise.all(Array.from({ length: 50 }, () => bob.executeDecision(execute)));
    adapters.go();
    const answers = [...(await calls), await bob.executeDecision(execute)];
    expect(new Set(answers.map(({ event }) => event?.digest)).size).toBe(1);
    expect(new Set(answers.map(({ execution }) => execution?.runId)).size).toBe(1);
    expect(adapters.read("calls")).toBe("files write\n");
  });
});
