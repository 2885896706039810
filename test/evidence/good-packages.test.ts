import { describe, expect, test } from "vitest";
import { CHECKS } from "../../src/evidence/verification-report.ts";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";
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
  tamper,
  UNSIGNED,
} from "./forgeries/forger.ts";

describe("a good package", () => {
  test("passes every check; what it does not hold is not checked", () => {
    expect(checksThat("FAIL", EMBEDDED)).toEqual([]);
    expect(checksThat("NOT_CHECKED", EMBEDDED)).toEqual(UNSIGNED);
    expect(checksThat("FAIL", REFERENCE)).toEqual([]);
    expect(checksThat("NOT_CHECKED", REFERENCE)).toEqual(["run_bundle", ...UNSIGNED]);
  });

  test("has a report of all checks in their order, and its digests recomputed", () => {
    const report = verifyAuditPackage(bytesOf(EMBEDDED));
    const { bindingDigest, controlBundle } = JSON.parse(EMBEDDED);
    expect(report).toMatchObject({ verdict: "CONSISTENT", decisionId: controlBundle.decisionId, bindingDigest });
    expect(report.checks.map(({ name, description }) => [name, description])).toEqual(Object.entries(CHECKS));
  });

  test("has the same binding digest in both modes", () => {
    expect(JSON.parse(REFERENCE).bindingDigest).toBe(JSON.parse(EMBEDDED).bindingDigest);
    expect(verifyAuditPackage(bytesOf(REFERENCE)).bindingDigest).toBe(JSON.parse(EMBEDDED).bindingDigest);
  });

  test("made good again without a change is the very same file, so the forger forges well", () => {
    expect(forge(() => undefined, { keepTemplate: true })).toBe(EMBEDDED);
    expect(forge(() => undefined, { from: REFERENCE, keepTemplate: true })).toBe(REFERENCE);
  });
});

interface Variant {
  readonly what: string;
  readonly change: (events: Loose[], given: Loose) => void;
  readonly reliedOn?: readonly string[];
}

const VARIANTS: readonly Variant[] = [
  {
    what: "a run that failed",
    change: (events) => {
      const { executionCompleted, ...event } = events[EVENT.outcome];
      events[EVENT.outcome] = { ...event, executionFailed: { ...executionCompleted, code: "STEP_FAILED" } };
    },
  },
  {
    what: "a router that took more steps than allowed, recorded as the failure that it is",
    change: (events) => {
      const { executionCompleted, ...event } = events[EVENT.outcome];
      const executionFailed = { ...executionCompleted, code: "MAX_STEPS_EXCEEDED", stepsExecuted: 6 };
      events[EVENT.outcome] = { ...event, executionFailed };
    },
  },
  {
    what: "an outcome that was unknown until the router could tell",
    change: (events) => {
      const { executionCompleted, ...event } = events[EVENT.outcome];
      executionCompleted.settlement = { basis: "SETTLEMENT_BASIS_ROUTER_ANSWER" };
      events.splice(EVENT.outcome, 0, { ...event, eventId: "unknown", executionOutcomeUnknown: { reason: "lost" } });
    },
  },
  {
    what: "a policy without limits, a request without plan and labels",
    change: (events) => {
      events[0].decisionCreated = { mode: "MODE_APPLY", adapterId: "files" };
      events[1].policyAttached.policy = { minApprovals: 1, allowedModes: ["MODE_APPLY"] };
    },
  },
  {
    what: "the requester's own approval, where the policy allows it",
    change: (events) => {
      events[1].policyAttached.policy.allowSelfApproval = true;
      events[EVENT.frank].actor.id = "bob@example.com";
    },
  },
  {
    what: "approval given again at the very instant at which the first one expired",
    change: (events) => {
      const again = structuredClone(events[EVENT.carol]);
      again.occurredAt = again.approvalGranted.expiresAt;
      again.approvalGranted.expiresAt = "2026-11-25T23:00:00.001Z";
      events.splice(EVENT.gate, 0, { ...again, eventId: "again" });
    },
    reliedOn: [eventId(EVENT.erin), eventId(EVENT.frank), "again"],
  },
  {
    what: "an approval taken back and given again",
    change: (events) => {
      const again = structuredClone(events[EVENT.dave]);
      events.splice(EVENT.erin, 0, { ...again, eventId: "again", occurredAt: "2026-11-25T10:00:00Z" });
    },
    reliedOn: ["again", eventId(EVENT.erin), eventId(EVENT.frank)],
  },
  {
    what: "a run bundle without a media type",
    change: (events, { router }) => {
      delete events[EVENT.outcome].executionCompleted.routerMediaType;
      delete router.runBundleMediaType;
    },
  },
];

test.each(VARIANTS)("consistent: $what", ({ change, reliedOn }) => {
  const file = forge((given, events) => change(events, given), reliedOn === undefined ? {} : { reliedOn });
  expect(file).not.toBe(EMBEDDED);
  expect(checksThat("FAIL", file)).toEqual([]);
  expect(checksThat("NOT_CHECKED", file)).toEqual(UNSIGNED);
});

describe("a template", () => {
  /** The example with something else about its template; what the log then says of it is made good. */
  const withTemplate = (change: (use: Loose, template: Loose, policy: Loose) => void) =>
    forge(
      (given, events) => {
        const { template: use, policy } = events[1].policyAttached;
        change(use, given.template, policy);
        use.digest = digest(given.template);
      },
      { keepTemplate: true },
    );

  test.each<[string, Parameters<typeof withTemplate>[0]]>([
    [
      "with overrides that say 0 and false, where that is what it says",
      (use) => {
        Object.assign(use.overrides, { allowSelfApproval: false });
        use.overrides.humansOnly = true;
      },
    ],
    [
      "with overrides that say nothing",
      (use, template, policy) => {
        use.overrides = {};
        use.templatePolicy = structuredClone(policy);
        template.templateCreated.policy = structuredClone(policy);
      },
    ],
    [
      "with a limit of 0, repeated",
      (use, template, policy) => {
        delete policy.maxSteps;
        use.overrides.maxSteps = 0;
        delete template.templateCreated.policy.maxSteps;
      },
    ],
    [
      "without match labels and description, by a service on somebody's behalf",
      (_, template) => {
        delete template.templateCreated.matchLabels;
        delete template.templateCreated.description;
        template.delegate = { type: "ACTOR_TYPE_SYSTEM", id: "gitops" };
      },
    ],
  ])("%s is consistent", (_, change) => {
    const file = withTemplate(change);
    expect(checksThat("FAIL", file)).toEqual([]);
    expect(checksThat("NOT_CHECKED", file)).toEqual(UNSIGNED);
  });

  test("with a field of later is judged by what is known of it", () => {
    const file = withTemplate((_, template) => (template.templateCreated.owner = "platform"));
    expect(checksThat("FAIL", file)).toEqual([]);
    expect(checksThat("NOT_CHECKED", file)).toEqual(["unknown_fields", ...UNSIGNED]);
  });

  test("that is not in the package is said not to be checked, with the digest that it has to have", () => {
    const { controlBundle } = JSON.parse(EMBEDDED);
    const file = tamper((given) => delete given.template);
    expect(checksThat("FAIL", file)).toEqual([]);
    expect(checksThat("NOT_CHECKED", file)).toEqual(["template", ...UNSIGNED]);
    const { checks } = verifyAuditPackage(bytesOf(file));
    expect(checks.find(({ name }) => name === "template")?.detail).toContain(
      controlBundle.events[1].policyAttached.template.digest,
    );
  });

  test("that was not used is said not to be checked", () => {
    const file = forge((_, events) => delete events[1].policyAttached.template);
    expect(checksThat("FAIL", file)).toEqual([]);
    expect(checksThat("NOT_CHECKED", file)).toEqual(["template", ...UNSIGNED]);
  });
});

test("a log rewritten throughout is consistent too: a verifier says so, and never that it is authentic", () => {
  const file = forge((_, events) => {
    events[0].decisionCreated.goal = "raise the limit to 999";
    events[EVENT.frank].actor.id = "nobody@example.com";
  });
  expect(verifyAuditPackage(bytesOf(file)).verdict).toBe("CONSISTENT");
  expect(checksThat("NOT_CHECKED", file)).toEqual(UNSIGNED);
});
