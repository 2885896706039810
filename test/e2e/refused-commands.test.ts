import { beforeEach, describe, expect, test } from "vitest";
import { PackageMode } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { type Clients, type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, eventsOf, POLICY, requested, STEP } from "./release.ts";

type Call = (decisionId: string) => Promise<unknown> | AsyncIterable<unknown>;

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

/** All commands on a decision that exists. */
function commands(): readonly (readonly [string, Call])[] {
  return [
    ["AttachPolicy", (decisionId) => bob.attachPolicy({ decisionId, policySource: { case: "policy", value: POLICY } })],
    ["GrantApproval", (decisionId) => carol.grantApproval({ decisionId })],
    ["RevokeApproval", (decisionId) => carol.revokeApproval({ decisionId })],
    ["RejectDecision", (decisionId) => carol.rejectDecision({ decisionId })],
    ["CancelDecision", (decisionId) => bob.cancelDecision({ decisionId })],
    ["ExecuteDecision", (decisionId) => bob.executeDecision({ decisionId })],
    [
      "SettleExecution",
      (decisionId) => bob.settleExecution({ decisionId, resolution: { case: "askRouter", value: {} } }),
    ],
  ];
}

function queries(): readonly (readonly [string, Call])[] {
  const { audit } = server.as("human:bob");
  return [
    ["GetDecision", (decisionId) => bob.getDecision({ decisionId })],
    ["ListDecisionEvents", (decisionId) => bob.listDecisionEvents({ decisionId })],
    ["WatchDecision", (decisionId) => bob.watchDecision({ decisionId })],
    ["ExportBundle", (decisionId) => audit.exportBundle({ decisionId })],
    ["ExportAuditPackage", (decisionId) => audit.exportAuditPackage({ decisionId, mode: PackageMode.REFERENCE })],
  ];
}

/** What each command answers, as `reason`, and that none of them wrote anything. */
async function reasons(decisionId: string): Promise<Record<string, string | undefined>> {
  const before = (await eventsOf(server.as("human:bob"), decisionId)).length;
  const found: Record<string, string | undefined> = {};
  for (const [name, call] of commands()) {
    const refusal = await refusalOf(call(decisionId));
    expect(refusal.domain, name).toBe("nexus-attest");
    found[name] = refusal.reason;
  }
  expect(await eventsOf(server.as("human:bob"), decisionId)).toHaveLength(before);
  return found;
}

test("an id that nobody has is DECISION_NOT_FOUND to every RPC", async () => {
  for (const [name, call] of [...commands(), ...queries()])
    expect(await refusalOf(call("f".repeat(32))), name).toMatchObject({
      code: "NotFound",
      reason: "DECISION_NOT_FOUND",
      domain: "nexus-attest",
    });
});

describe("in the wrong state", () => {
  test("a draft can only get its policy or be cancelled", async () => {
    const decisionId = await requested(server, { policySource: { case: undefined } });
    expect(await refusalOf(carol.grantApproval({ decisionId }))).toMatchObject({
      code: "FailedPrecondition",
      reason: "NO_POLICY",
    });
    expect(await refusalOf(carol.rejectDecision({ decisionId }))).toMatchObject({ reason: "NO_POLICY" });
    expect(await refusalOf(bob.executeDecision({ decisionId }))).toMatchObject({
      reason: "GATE_CLOSED",
      blockingCodes: ["NO_POLICY"],
    });
    const attached = await bob.attachPolicy({ decisionId, policySource: { case: "policy", value: POLICY } });
    const { decision } = await bob.getDecision({ decisionId });
    expect(attached.requestDigest).toBe(decision?.requestDigest);
    expect(
      await refusalOf(
        bob.attachPolicy({ decisionId, policySource: { case: "policy", value: { ...POLICY, minApprovals: 1 } } }),
      ),
    ).toMatchObject({ code: "FailedPrecondition", reason: "POLICY_ALREADY_ATTACHED" });
  });

  test("a cancelled decision takes no command any more", async () => {
    const decisionId = await requested(server);
    expect(await refusalOf(carol.cancelDecision({ decisionId }))).toMatchObject({
      code: "PermissionDenied",
      reason: "NOT_THE_REQUESTER",
    });
    await bob.cancelDecision({ decisionId, reason: "no longer needed" });
    expect(await reasons(decisionId)).toEqual({
      AttachPolicy: "DECISION_CLOSED",
      GrantApproval: "DECISION_CLOSED",
      RevokeApproval: "DECISION_CLOSED",
      RejectDecision: "DECISION_CLOSED",
      CancelDecision: "DECISION_CLOSED",
      ExecuteDecision: "DECISION_CLOSED",
      SettleExecution: "NOTHING_TO_SETTLE",
    });
  });

  test("a decision under way takes none but its settlement; done, none at all", async () => {
    const decisionId = await requested(server, { adapterId: "waiting" });
    await approve(server, decisionId, "carol", "dave");
    await bob.executeDecision({ decisionId });
    const before = (await eventsOf(server.as("human:bob"), decisionId)).length;
    for (const [name, call] of commands()) {
      const wanted = name === "SettleExecution" ? "ROUTER_CANNOT_SAY" : "EXECUTION_UNDER_WAY";
      expect(await refusalOf(call(decisionId)), name).toMatchObject({ code: "FailedPrecondition", reason: wanted });
    }
    expect(await eventsOf(server.as("human:bob"), decisionId)).toHaveLength(before);
    adapters.go();
    for await (const _ of bob.watchDecision({ decisionId }));
    expect(new Set(Object.values(await reasons(decisionId)))).toEqual(new Set(["DECISION_CLOSED"]));
    expect(adapters.read("calls")).toBe("files write\n");
  });

  test("a rejected one is closed", async () => {
    const decisionId = await requested(server);
    await carol.rejectDecision({ decisionId, reason: "too risky" });
    const { decision } = await bob.getDecision({ decisionId });
    expect(decision?.lifecycle?.blockingReasons.map(({ message }) => message).join()).toContain("rejected");
    expect(await refusalOf(carol.grantApproval({ decisionId }))).toMatchObject({ reason: "DECISION_CLOSED" });
  });
});

describe("approvals", () => {
  test("one an actor while it stands; revoked by its actor only", async () => {
    const decisionId = await requested(server);
    await carol.grantApproval({ decisionId });
    expect(await refusalOf(carol.grantApproval({ decisionId }))).toMatchObject({
      code: "FailedPrecondition",
      reason: "ALREADY_APPROVED",
      metadata: { approval_seq: "2" },
    });
    const { decisions: dave } = server.as("human:dave");
    expect(await refusalOf(dave.revokeApproval({ decisionId, approverId: "carol" }))).toMatchObject({
      code: "PermissionDenied",
      reason: "NOT_YOUR_APPROVAL",
    });
    expect(await refusalOf(dave.revokeApproval({ decisionId }))).toMatchObject({ reason: "NO_STANDING_APPROVAL" });
    await carol.revokeApproval({ decisionId });
    expect(await refusalOf(carol.revokeApproval({ decisionId }))).toMatchObject({ reason: "NO_STANDING_APPROVAL" });
    await carol.grantApproval({ decisionId });
  });

  test("of what was shown, not of something else", async () => {
    const decisionId = await requested(server);
    const requestDigest = `sha256:${"0".repeat(64)}`;
    const { decision } = await carol.getDecision({ decisionId });
    expect(await refusalOf(carol.grantApproval({ decisionId, requestDigest }))).toMatchObject({
      code: "FailedPrecondition",
      reason: "REQUEST_DIGEST_MISMATCH",
      metadata: { request_digest: decision?.requestDigest },
    });
  });

  test("as the policy wants them", async () => {
    const value = { ...POLICY, humansOnly: true, requireComment: true, maxApprovalLifetimeSeconds: 60 };
    const decisionId = await requested(server, { policySource: { case: "policy", value } });
    const { decisions: robot } = server.as("system:robot");
    expect(await refusalOf(robot.grantApproval({ decisionId, comment: "beep" }))).toMatchObject({
      code: "PermissionDenied",
      reason: "HUMAN_REQUIRED",
    });
    expect(await refusalOf(carol.grantApproval({ decisionId }))).toMatchObject({
      code: "InvalidArgument",
      reason: "COMMENT_REQUIRED",
    });
    const expiresAt = { seconds: BigInt(Math.ceil(Date.now() / 1000) + 3600) };
    expect(await refusalOf(carol.grantApproval({ decisionId, comment: "ok", expiresAt }))).toMatchObject({
      code: "InvalidArgument",
      reason: "APPROVAL_LIFETIME_TOO_LONG",
      metadata: { max_approval_lifetime_seconds: "60" },
    });
  });
});

describe("the gate says why it is closed, with facts", () => {
  test("mode, steps, capabilities and approvals at once", async () => {
    const value = { ...POLICY, allowedModes: [Mode.DRY_RUN], requireAdapterCapabilities: ["external"], maxSteps: 1 };
    const plan = { steps: [STEP, { ...STEP, stepId: "again" }] };
    const decisionId = await requested(server, { plan, policySource: { case: "policy", value } });
    const refusal = await refusalOf(bob.executeDecision({ decisionId }));
    expect(refusal).toMatchObject({ code: "FailedPrecondition", reason: "GATE_CLOSED" });
    expect(refusal.blocking.map(({ details }) => details)).toMatchObject([
      { case: "modeNotAllowed", value: { mode: Mode.APPLY, allowedModes: [Mode.DRY_RUN] } },
      { case: "tooManySteps", value: { steps: 2, maxSteps: 1 } },
      { case: "adapterCapabilityMissing", value: { adapterId: "files", missing: ["external"] } },
      { case: "missingApprovals", value: { required: 2, have: 0, missing: 2 } },
    ]);
    expect(refusal.blocking.every(({ message }) => message !== "")).toBe(true);
  });

  test("an adapter that no router has keeps it closed", async () => {
    const decisionId = await requested(server, { adapterId: "nobody" });
    await approve(server, decisionId, "carol", "dave");
    const refusal = await refusalOf(bob.executeDecision({ decisionId }));
    expect(refusal.blockingCodes).toEqual(["ADAPTER_UNKNOWN"]);
    expect(refusal.blocking[0]?.details).toMatchObject({ case: "adapterProblem", value: { adapterId: "nobody" } });
  });

  test("a request without an adapter needs one of the policy's", async () => {
    const value = { ...POLICY, allowedAdapters: ["files"] };
    const decisionId = await requested(server, { adapterId: "", policySource: { case: "policy", value } });
    await approve(server, decisionId, "carol", "dave");
    expect(await refusalOf(bob.executeDecision({ decisionId }))).toMatchObject({
      code: "InvalidArgument",
      reason: "ADAPTER_REQUIRED",
    });
    const other = await refusalOf(bob.executeDecision({ decisionId, adapterId: "waiting" }));
    expect(other.blockingCodes).toEqual(["ADAPTER_NOT_ALLOWED"]);
    const named = await requested(server, { requestId: "named" });
    expect(await refusalOf(bob.executeDecision({ decisionId: named, adapterId: "waiting" }))).toMatchObject({
      code: "InvalidArgument",
      reason: "ADAPTER_MISMATCH",
    });
  });
});

test("tokens of somebody's own making are refused", async () => {
  const decisionId = await requested(server);
  expect(await refusalOf(bob.listDecisions({ pageToken: "1" }))).toMatchObject({ reason: "INVALID_PAGE_TOKEN" });
  expect(await refusalOf(bob.listDecisions({ consistencyToken: "soon" }))).toMatchObject({ reason: "INVALID_CURSOR" });
  expect(await refusalOf(bob.listDecisionEvents({ decisionId, pageToken: "x" }))).toMatchObject({
    reason: "INVALID_PAGE_TOKEN",
  });
  expect(await refusalOf(bob.watchDecisions({ cursor: "x" }))).toMatchObject({
    code: "InvalidArgument",
    reason: "INVALID_CURSOR",
  });
  expect(await refusalOf(bob.watchDecision({ decisionId, fromSeq: 3 }))).toMatchObject({
    code: "OutOfRange",
    reason: "SEQ_OUT_OF_RANGE",
    metadata: { head_seq: "1" },
  });
});
