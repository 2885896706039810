import { describe, expect, test } from "vitest";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";
import { withParts } from "./forgeries/files.ts";
import {
  bytesOf,
  checksThat,
  digest,
  EMBEDDED,
  EVENT,
  eventId,
  forge,
  type Loose,
  REFERENCE,
} from "./forgeries/forger.ts";

/** Files made to keep a verifier busy: each has to be answered within the time that a test has. */
describe("a verifier answers in bounded time", { timeout: 120_000 }, () => {
  test("when a log is as long as it may be, with an approval and its end in turn, digests made good", () => {
    const file = forge(
      (_, events) => {
        const [, , approval, , revocation] = structuredClone(events);
        const more: Loose[] = [];
        for (let i = 0; i < 9_990; i += 2) {
          const actor = { id: `approver-${i}`, type: "ACTOR_TYPE_HUMAN" };
          more.push({ ...approval, approvalGranted: { ...approval.approvalGranted }, actor, eventId: `a${i}` });
          more.push({ ...revocation, approvalRevoked: { approver: actor }, actor, eventId: `r${i}` });
        }
        for (const event of more) event.occurredAt = events[EVENT.carol].occurredAt;
        events.splice(EVENT.dave, 0, ...more);
      },
      { reliedOn: [eventId(EVENT.erin), eventId(EVENT.frank)] },
    );
    expect(JSON.parse(file).controlBundle.events).toHaveLength(10_000);
    expect(checksThat("FAIL", file)).toEqual([]);
  });

  test("when thousands approve, each a member of nearly every group and of a thousand others", () => {
    const groups = Array.from({ length: 16 }, (_, index) => ({ group: `g${index}`, minApprovals: 40 }));
    const names = [
      ...groups.map(({ group }) => group).slice(0, 15),
      ...Array.from({ length: 1_000 }, (_, i) => `x${i}`),
    ];
    const file = forge((_, events) => {
      events[1].policyAttached.policy.groups = groups;
      const approvals: Loose[] = [];
      for (let i = 0; i < 1_000; i++) {
        const copy = { ...events[EVENT.frank], approvalGranted: { ...events[EVENT.frank].approvalGranted } };
        copy.approvalGranted.groups = names.toReversed();
        approvals.push({ ...copy, eventId: `a${i}`, actor: { id: `approver-${i}`, type: "ACTOR_TYPE_HUMAN" } });
      }
      events.splice(EVENT.gate, 0, ...approvals);
    });
    expect(checksThat("FAIL", file)).toEqual(["approvals_relied_on", "quorum_at_gate"]);
  });

  test("when a policy requires as many capabilities as an adapter has, and none that it has", () => {
    const file = forge((_, events) => {
      const named = (prefix: string) => Array.from({ length: 300_000 }, (__, i) => `${prefix}${i}`);
      delete events[1].policyAttached.template;
      events[1].policyAttached.policy.requireAdapterCapabilities = named("a");
      events[EVENT.gate].executionRequested.adapterCapabilities = ["apply", ...named("b")];
    });
    expect(checksThat("FAIL", file)).toEqual(["gate_conditions"]);
    const { detail } = verifyAuditPackage(bytesOf(file)).checks.find(({ name }) => name === "gate_conditions") ?? {};
    expect(detail?.length).toBeLessThan(5_000);
  });

  test("when a template and its overrides name as many capabilities, labels and adapters as they can, and none in common", () => {
    const named = (prefix: string) => Array.from({ length: 100_000 }, (_, i) => `${prefix}${i}`);
    const lists = (prefix: string) => ({
      requireAdapterCapabilities: named(prefix),
      allowedAdapters: named(prefix),
      labels: named(prefix)
        .toSorted()
        .map((key) => ({ key })),
    });
    const file = forge(
      (_, events) => {
        const { template } = events[1].policyAttached;
        Object.assign(template.templatePolicy, lists("a"));
        template.overrides = lists("b");
      },
      { keepTemplate: true },
    );
    expect(checksThat("FAIL", file)).toEqual(["template"]);
  });

  test("when a guardrail wants as many labels, values and modes as it can, and the request has as many others", () => {
    const named = (prefix: string) => Array.from({ length: 150_000 }, (_, i) => `${prefix}${i}`).toSorted();
    const guardrails: Record<string, Loose> = {
      labels: { requiredLabels: named("b").map((key) => ({ key })) },
      values: { requiredLabels: Array.from({ length: 2 }, () => ({ key: "a", values: named("b") })) },
      modes: { allowedModes: named("").map(() => "MODE_DRY_RUN") },
    };
    for (const [what, guardrail] of Object.entries(guardrails)) {
      const file = forge((_, events) => {
        const { policy } = events[1].policyAttached;
        if (what === "labels") events[0].decisionCreated.labels = named("a").map((key) => ({ key }));
        if (what === "values") events[0].decisionCreated.labels = named("a").map((value) => ({ key: "a", value }));
        if (what === "modes") policy.allowedModes = named("").map(() => "MODE_APPLY");
        events[EVENT.gate].executionRequested.guardrails = [{ digest: digest(guardrail), guardrail }];
      });
      expect(checksThat("FAIL", file)).toEqual(["gate_conditions"]);
    }
  });

  test("when as many review as a log can hold", () => {
    const file = forge((_, events) => {
      const { executionRequested } = events[EVENT.gate];
      executionRequested.breakGlass = { reviewBy: "2026-11-26T10:30:00Z" };
      const [last] = events.slice(-1);
      for (let i = 0; i < 9_980; i++)
        events.push({
          eventId: `r${i}`,
          decisionId: last?.decisionId,
          occurredAt: last?.occurredAt,
          actor: { type: "ACTOR_TYPE_HUMAN", id: `reviewer-${i}` },
          executionReviewed: { verdict: "REVIEW_VERDICT_JUSTIFIED", groups: ["security"] },
        });
    });
    expect(checksThat("FAIL", file)).toEqual([]);
  });

  test("when the file is as large as it may be", () => {
    const most = 64 * 1024 * 1024;
    const padded = (json: string, filler: string) => {
      const room = most - Buffer.byteLength(json) - '"a":"",'.length;
      return json.replace("{", `{"a":"${filler.repeat(Math.floor(room / filler.length))}",`);
    };
    for (const filler of ["x", "\\u0001", '\\"']) {
      const file = bytesOf(padded(REFERENCE, filler));
      expect(file.length).toBeGreaterThan(most - 10);
      expect(checksThat("FAIL", file)).toEqual([]);
    }
    const bundle = forge(({ router }) => (router.runBundle = "A".repeat(60_000_000)), { from: EMBEDDED });
    expect(checksThat("FAIL", bundle)).toEqual(["run_bundle"]);
  });

  test("when it has as many parts as it may have", () => {
    expect(checksThat("FAIL", withParts(2_000_000))).toEqual([]);
  });
});
