import { expect, test } from "vitest";
import { CheckStatus, PackageMode, Verdict } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { ReviewVerdict } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import { DecisionState, ReviewStatus } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { AcceptedBreakGlass } from "../../gen/ts/nexus/attest/v1/trust_policy_pb.ts";
import { configSchema } from "../../src/config/schema.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, eventsOf, requested } from "./release.ts";

const breakGlass = { reviewWithinSeconds: 3600 };
const authorization = [
  { roles: ["requester"], actors: ["human:bob"] },
  { roles: ["approver"], actors: ["human:carol", "human:dave", "human:erin"] },
  { roles: ["executor"], actors: ["human:bob"] },
  { roles: ["break_glass"], actors: ["human:oncall"], scope: { labels: { team: "payments" } } },
  { roles: ["auditor"], actors: ["human:auditor"] },
];
const LABELS = [{ key: "team", value: "payments" }];
const REASON = "payments are down, INC-204";
const wait = { seconds: 30n };

async function stage(config: object = { breakGlass }) {
  const adapters = adaptersIn(temporaryDirectory());
  const clock = createManualClock(Date.now());
  const server = await serverUnderTest({ clock, config: { ...adapters.config, authorization, ...config } });
  const as = (name: string) => server.as(`human:${name}`).decisions;
  return { server, as, clock };
}

test("an emergency is executed without the quorum by whoever may, marked everywhere, and listed until it is reviewed", async () => {
  const { server, as, clock } = await stage();
  const decisionId = await requested(server, { labels: LABELS });
  await approve(server, decisionId, "carol");
  const denied = await refusalOf(as("bob").executeDecision({ decisionId, breakGlassReason: REASON }));
  expect(denied).toMatchObject({ code: "PermissionDenied", reason: "PERMISSION_DENIED" });
  expect(denied.message).toContain("break_glass");
  expect((await refusalOf(as("oncall").executeDecision({ decisionId }))).reason).toBe("PERMISSION_DENIED");

  const executed = await as("oncall").executeDecision({ decisionId, breakGlassReason: REASON, wait });
  expect(executed.lifecycle).toMatchObject({
    state: DecisionState.COMPLETED,
    review: { status: ReviewStatus.PENDING, missing: 1, objections: 0 },
  });
  expect(executed.execution?.breakGlass).toMatchObject({ reason: REASON, minApprovals: 0 });
  const { decision } = await as("auditor").getDecision({ decisionId });
  expect(decision?.timeline?.entries.map(({ label }) => label)).toContain("Break-glass");
  const audited = server.log.lines.flatMap(({ facts }) => {
    const record = facts["audit"] as { kind: string } | undefined;
    return record?.kind === "break_glass" ? [record] : [];
  });
  expect(audited).toMatchObject([
    { outcome: "ATTEMPTED", decisionId, actor: { id: "oncall" } },
    { outcome: "SUCCEEDED", decisionId, details: { broken: "true" } },
  ]);

  const listed = async (...reviewStatuses: ReviewStatus[]) => {
    const { decisions } = await as("auditor").listDecisions({ filter: { reviewStatuses } });
    return decisions.map(({ review }) => review?.status);
  };
  const { consistencyToken } = executed;
  await as("auditor").listDecisions({ consistencyToken });
  expect(await listed(ReviewStatus.PENDING)).toEqual([ReviewStatus.PENDING]);
  expect(await listed(ReviewStatus.OVERDUE)).toEqual([]);
  clock.advance(3_600_000);
  await expect.poll(() => listed(ReviewStatus.OVERDUE), { timeout: 10_000 }).toEqual([ReviewStatus.OVERDUE]);

  const review = { decisionId, verdict: ReviewVerdict.JUSTIFIED, comment: "right call" };
  expect((await refusalOf(as("oncall").reviewExecution(review))).code).toBe("PermissionDenied");
  expect((await refusalOf(as("carol").reviewExecution(review))).reason).toBe("ALREADY_APPROVED");
  const first = await as("dave").reviewExecution({ ...review, requestId: "review-1" });
  expect(first.lifecycle?.review).toMatchObject({ status: ReviewStatus.APPROVED, missing: 0 });
  const again = await as("dave").reviewExecution({ ...review, requestId: "review-1" });
  expect(again.event?.digest).toBe(first.event?.digest);
  expect((await refusalOf(as("erin").reviewExecution(review))).reason).toBe("NOTHING_TO_REVIEW");
  await as("auditor").listDecisions({ consistencyToken: first.consistencyToken });
  expect(await listed(ReviewStatus.OVERDUE, ReviewStatus.PENDING)).toEqual([]);
  expect(await listed(ReviewStatus.APPROVED)).toEqual([ReviewStatus.APPROVED]);

  const watched: string[] = [];
  for await (const { kind } of as("auditor").watchDecision({ decisionId }))
    if (kind.case === "event") watched.push(kind.value.event?.body.case ?? "");
  expect(watched.slice(-4)).toEqual([
    "executionRequested",
    "executionStarted",
    "executionCompleted",
    "executionReviewed",
  ]);
  expect((await eventsOf(server.as("human:auditor"), decisionId)).at(-1)?.actor?.id).toBe("dave");
});

test("its package is authentic to those only who accept it", async () => {
  const { server, as } = await stage();
  const auditor = server.as("human:auditor").audit;
  const decisionId = await requested(server, { labels: LABELS });
  await as("oncall").executeDecision({ decisionId, breakGlassReason: REASON, wait });
  const { keys } = await auditor.listServerKeys({});
  const serverKeys = keys.map(({ publicKey }) => ({ publicKey }));
  const verdict = async (acceptedBreakGlass: AcceptedBreakGlass) => {
    const { packageJson } = await auditor.exportAuditPackage({ decisionId, mode: PackageMode.EMBEDDED });
    const policyVersion = "nexus.attest/trust-policy/v1";
    const { report } = await auditor.verifyAuditPackage({
      packageJson,
      trustPolicy: { policyVersion, serverKeys, acceptedBreakGlass },
    });
    const failed = (report?.checks ?? []).filter(({ status }) => status === CheckStatus.FAIL).map(({ name }) => name);
    return [report?.verdict, ...failed];
  };
  expect(await verdict(AcceptedBreakGlass.UNSPECIFIED)).toEqual([Verdict.BROKEN, "break_glass"]);
  expect(await verdict(AcceptedBreakGlass.REVIEWED)).toEqual([Verdict.BROKEN, "break_glass"]);
  expect(await verdict(AcceptedBreakGlass.ALL)).toEqual([Verdict.AUTHENTIC]);
  for (const name of ["carol", "dave"])
    await as(name).reviewExecution({ decisionId, verdict: ReviewVerdict.JUSTIFIED });
  expect(await verdict(AcceptedBreakGlass.REVIEWED)).toEqual([Verdict.AUTHENTIC]);
});

test("a scope of the role, and a server that does not allow it, keep the glass whole", async () => {
  const { server, as } = await stage();
  const elsewhere = await requested(server, { labels: [{ key: "team", value: "search" }] });
  const hidden = await refusalOf(as("oncall").executeDecision({ decisionId: elsewhere, breakGlassReason: REASON }));
  expect(hidden.code).toBe("NotFound");
  const off = await stage({});
  const decisionId = await requested(off.server, { labels: LABELS });
  expect((await refusalOf(off.as("oncall").executeDecision({ decisionId, breakGlassReason: REASON }))).reason).toBe(
    "BREAK_GLASS_DISABLED",
  );
  expect(() => configSchema.parse({ breakGlass })).toThrow("break_glass");
});
