import { describe, expect, test } from "vitest";
import { CheckStatus, PackageMode, Verdict } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { type ClientOptions, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, RELEASE } from "./release.ts";

const WIRES: readonly Required<Omit<ClientOptions, "groups">>[] = [
  { protocol: "grpc", httpVersion: "2" },
  { protocol: "grpc", httpVersion: "1.1" },
  { protocol: "connect", httpVersion: "2" },
  { protocol: "connect", httpVersion: "1.1" },
  { protocol: "grpc-web", httpVersion: "2" },
  { protocol: "grpc-web", httpVersion: "1.1" },
];

describe.each(WIRES)("over $protocol on HTTP/$httpVersion", (wire) => {
  test("a decision travels from the request to the audit package, and its plan is really carried out", async () => {
    const directory = temporaryDirectory();
    const adapters = adaptersIn(directory);
    const server = await serverUnderTest({ directory, config: adapters.config });
    const as = (person: string) => server.as(`human:${person}`, wire);

    const { decision } = await as("bob").decisions.createDecision(RELEASE);
    const decisionId = decision?.decisionId ?? "";
    expect(decision?.lifecycle?.state).toBe(DecisionState.PENDING_APPROVAL);
    expect(await refusalOf(as("bob").decisions.grantApproval({ decisionId }))).toMatchObject({
      code: "PermissionDenied",
      reason: "SELF_APPROVAL",
    });
    const { requestDigest = "" } = decision ?? {};
    await as("carol").decisions.grantApproval({ decisionId, requestDigest, comment: "Grüße 👍" });
    const closed = await refusalOf(as("bob").decisions.executeDecision({ decisionId }));
    expect(closed).toMatchObject({ code: "FailedPrecondition", reason: "GATE_CLOSED", domain: "nexus-attest" });
    expect(closed.blockingCodes).toEqual(["MISSING_APPROVALS"]);
    expect(closed.blocking[0]?.details.value).toMatchObject({ required: 2, have: 1, missing: 1 });
    const approved = await as("dave").decisions.grantApproval({ decisionId });
    expect(approved.lifecycle).toMatchObject({ state: DecisionState.APPROVED, executable: true, blockingReasons: [] });

    expect(adapters.read("release/limit.txt"), "nothing is done before the gate").toBeUndefined();
    const wait = { seconds: 30n };
    const executed = await as("bob").decisions.executeDecision({ decisionId, wait });
    expect(executed.lifecycle?.state).toBe(DecisionState.COMPLETED);
    expect(executed.execution).toMatchObject({ adapterId: "files", stepsExecuted: 1, failureCode: "" });
    expect(adapters.read("release/limit.txt")).toBe("250\n");

    const seen: string[] = [];
    for await (const { kind } of as("erin").decisions.watchDecision({ decisionId }))
      if (kind.case === "event") seen.push(kind.value.event?.body.case ?? "");
    expect(seen).toEqual([
      "decisionCreated",
      "policyAttached",
      "approvalGranted",
      "approvalGranted",
      "executionRequested",
      "executionStarted",
      "executionCompleted",
    ]);

    for (const mode of [PackageMode.REFERENCE, PackageMode.EMBEDDED]) {
      const { packageJson, bindingDigest } = await as("erin").audit.exportAuditPackage({ decisionId, mode });
      const { report } = await as("erin").audit.verifyAuditPackage({ packageJson });
      expect(report?.checks.filter(({ status }) => status === CheckStatus.FAIL)).toEqual([]);
      expect(report).toMatchObject({ verdict: Verdict.CONSISTENT, decisionId, bindingDigest });

      const forged = new TextEncoder().encode(new TextDecoder().decode(packageJson).replace("250", "999"));
      const { report: broken } = await as("erin").audit.verifyAuditPackage({ packageJson: forged });
      expect(broken?.verdict, "a changed character").toBe(Verdict.BROKEN);
    }
  });
});
