import { expect, test } from "vitest";
import { PackageMode, Verdict } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { LifecycleCause } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { BlockingCode, DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { configSchema } from "../../src/config/schema.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, RELEASE, requested } from "./release.ts";

const THREE = { name: "three-eyes", match: { adapters: ["files*"] }, minApprovals: 3, requiredLabels: { ticket: [] } };
const LABELS = [{ key: "ticket", value: "OPS-1" }];
const wait = { seconds: 30n };

async function guardedServer(guardrails: readonly object[]) {
  const adapters = adaptersIn(temporaryDirectory());
  const server = await serverUnderTest({ config: { ...adapters.config, guardrails } });
  const reload = (next: readonly object[]) =>
    server.reload(() => configSchema.parse({ listen: "127.0.0.1:0", ...adapters.config, guardrails: next }));
  return { server, reload, bob: server.as("human:bob").decisions };
}

test("a policy cannot choose a guardrail away: it is explained, recorded, demanded, and in the package", async () => {
  const { server, bob } = await guardedServer([THREE]);
  const unlabelled = await refusalOf(bob.createDecision(RELEASE));
  expect(unlabelled).toMatchObject({ code: "FailedPrecondition", reason: "GUARDRAIL_NOT_MET", fields: ["labels"] });
  expect(await refusalOf(bob.explainDecision({ request: RELEASE }))).toMatchObject({ message: unlabelled.message });

  const request = { ...RELEASE, labels: LABELS };
  const explained = await bob.explainDecision({ request });
  expect(explained).toMatchObject({
    policy: { minApprovals: 2 },
    policyInForce: { minApprovals: 3 },
    guardrails: [{ guardrail: { name: "three-eyes", minApprovals: 3 } }],
    guardrailsOfAdapters: [],
  });
  expect(explained.blockingReasons.map(({ code }) => code)).toEqual([
    BlockingCode.MISSING_APPROVALS,
    BlockingCode.GUARDRAIL_NOT_MET,
  ]);
  expect((await bob.listDecisions({})).decisions).toEqual([]);

  const decisionId = await requested(server, { labels: LABELS });
  await approve(server, decisionId, "carol", "dave");
  const closed = await refusalOf(bob.executeDecision({ decisionId }));
  expect(closed.blockingCodes).toEqual(["GUARDRAIL_NOT_MET"]);
  expect(closed.blocking[0]?.details.value).toMatchObject({
    name: "three-eyes",
    digest: explained.guardrails[0]?.digest,
    unmet: [{ code: BlockingCode.MISSING_APPROVALS, details: { value: { required: 3, have: 2, missing: 1 } } }],
  });
  await approve(server, decisionId, "erin");
  const executed = await bob.executeDecision({ decisionId, wait });
  expect(executed.execution?.guardrails).toEqual(explained.guardrails);

  const { packageJson } = await server
    .as("human:bob")
    .audit.exportAuditPackage({ decisionId, mode: PackageMode.EMBEDDED });
  const { report } = await server.as("human:bob").audit.verifyAuditPackage({ packageJson });
  expect(report?.verdict).toBe(Verdict.CONSISTENT);
  const { decision } = await bob.getDecision({ decisionId });
  expect(decision?.guardrails).toEqual(explained.guardrails);
});

test("a guardrail that is tightened after the approvals closes the gate, and watchers are told", async () => {
  const { server, reload, bob } = await guardedServer([]);
  const decisionId = await requested(server);
  await approve(server, decisionId, "carol", "dave");
  const told: (readonly [boolean, LifecycleCause])[] = [];
  const ending = new AbortController();
  const watching = (async () => {
    for await (const { kind } of bob.watchDecision({ decisionId }, { signal: ending.signal })) {
      if (kind.case !== "lifecycle") continue;
      told.push([kind.value.lifecycle?.executable === true, kind.value.cause]);
      if (told.at(-1)?.[0] === true) reload([{ name: "sre", groups: { sre: 1 } }]);
      if (told.length > 1 && told.at(-1)?.[0] === false) ending.abort();
    }
  })().catch(() => undefined);
  await watching;
  expect(told.at(-1)).toEqual([false, LifecycleCause.GUARDRAILS]);

  const closed = await refusalOf(bob.executeDecision({ decisionId }));
  expect(closed.blockingCodes).toEqual(["GUARDRAIL_NOT_MET"]);
  await server.as("human:erin", { groups: "sre" }).decisions.grantApproval({ decisionId });
  const { lifecycle, execution } = await bob.executeDecision({ decisionId, wait });
  expect(lifecycle?.state).toBe(DecisionState.COMPLETED);
  expect(execution?.guardrails.map(({ guardrail }) => guardrail?.name)).toEqual(["sre"]);
});

test("guardrails of adapters that are left open are explained, and judged for the one that is chosen", async () => {
  const { server, bob } = await guardedServer([
    { name: "waiting-only", match: { adapters: ["waiting"] }, minApprovals: 3 },
  ]);
  const policy = { minApprovals: 1, allowedModes: [Mode.APPLY], allowedAdapters: ["files", "waiting"] };
  const open = { ...RELEASE, adapterId: "", policySource: { case: "policy" as const, value: policy } };
  const explained = await bob.explainDecision({ request: open });
  expect(explained.guardrails).toEqual([]);
  expect(explained.guardrailsOfAdapters.map(({ guardrail }) => guardrail?.name)).toEqual(["waiting-only"]);
  const decisionId = await requested(server, open);
  await approve(server, decisionId, "carol");
  const refused = await refusalOf(bob.executeDecision({ decisionId, adapterId: "waiting" }));
  expect(refused.blockingCodes).toEqual(["GUARDRAIL_NOT_MET"]);
  const { lifecycle } = await bob.executeDecision({ decisionId, adapterId: "files", wait });
  expect(lifecycle?.state).toBe(DecisionState.COMPLETED);
});
