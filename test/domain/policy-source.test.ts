import { describe, expect, test } from "vitest";
import type { Digest } from "../../src/domain/ids.ts";
import type { PolicyOverrides } from "../../src/domain/policy.ts";
import { isFrom, type PolicySource, policyFrom } from "../../src/domain/policy-source.ts";
import type { Label } from "../../src/domain/request.ts";
import type { Template } from "../../src/domain/template.ts";
import { policyBody } from "./commands.ts";
import { alice, minute, POLICY } from "./facts.ts";

const STRICTER = { minApprovals: 3 } as const;
const LOOSER = { minApprovals: 1, allowSelfApproval: true } as const;

function overriding(changes: Partial<PolicyOverrides>): PolicyOverrides {
  return {
    minApprovals: undefined,
    allowedModes: [],
    requireAdapterCapabilities: [],
    maxSteps: undefined,
    labels: [],
    allowedAdapters: [],
    allowSelfApproval: undefined,
    humansOnly: undefined,
    groups: [],
    requireComment: undefined,
    maxApprovalLifetimeSeconds: undefined,
    requireSignedApprovals: undefined,
    ...changes,
  };
}

/** `env=prod team=web` as labels. */
function labels(text: string): readonly Label[] {
  return text.split(" ").flatMap((pair) => {
    const [key = "", value = ""] = pair.split("=");
    return key === "" ? [] : [{ key, value }];
  });
}

function template(name: string, matchLabels = ""): Template {
  return {
    name,
    policy: POLICY,
    matchLabels: labels(matchLabels),
    description: "",
    creator: alice,
    createdAt: minute(0),
    requestId: `make ${name}`,
    digest: `digest of ${name}` as Digest,
  };
}

const named = (name: string, overrides?: Partial<PolicyOverrides>): PolicySource => ({
  type: "NAMED_TEMPLATE",
  name,
  overrides: overrides === undefined ? undefined : overriding(overrides),
});
const matching = (overrides?: Partial<PolicyOverrides>): PolicySource => ({
  type: "MATCHING_TEMPLATE",
  overrides: overrides === undefined ? undefined : overriding(overrides),
});

/** The name of the template that a decision with these labels gets, or why it gets none. */
function match(on: string, ...templates: readonly Template[]): string | undefined {
  const result = policyFrom(matching(), labels(on), templates);
  return "rejection" in result ? result.rejection.reason : result.template?.name;
}

describe("a policy from a template by name", () => {
  test("is recorded with name, digest, the template's policy and the overrides", () => {
    expect(policyFrom(named("release", STRICTER), [], [template("other"), template("release")])).toEqual({
      type: "POLICY_ATTACHED",
      policy: { ...POLICY, minApprovals: 3 },
      template: {
        name: "release",
        digest: "digest of release",
        templatePolicy: POLICY,
        overrides: overriding(STRICTER),
      },
    });
  });

  test("of a name that differs in a single character is refused", () => {
    expect(policyFrom(named("re1ease"), [], [template("release")])).toEqual({
      rejection: { reason: "TEMPLATE_NOT_FOUND", message: "There is no template re1ease." },
    });
  });

  test("with looser overrides is refused, with each field by its path in the request", () => {
    const message =
      "Overrides may only tighten template release: min_approvals: 1 is fewer than the template's 2. allow_self_approval: true is looser than the template's false.";
    expect(policyFrom(named("release", LOOSER), [], [template("release")])).toEqual({
      rejection: {
        reason: "OVERRIDE_NOT_TIGHTER",
        message,
        violations: [
          { field: "template.overrides.min_approvals", description: "1 is fewer than the template's 2." },
          {
            field: "template.overrides.allow_self_approval",
            description: "true is looser than the template's false.",
          },
        ],
      },
    });
    expect(policyFrom(matching(LOOSER), labels("a=1"), [template("release", "a=1")])).toMatchObject({
      rejection: { violations: [{ field: "match_labels.overrides.min_approvals" }, {}] },
    });
  });
});

describe("the template that matches best", () => {
  const prod = template("prod", "env=prod");
  const web = template("prod-web", "env=prod team=web");

  test("has all its match labels on the decision", () => {
    expect(match("env=prod team=db", prod, web)).toBe("prod");
    expect(match("env=test team=web", prod, web)).toBe("NO_MATCHING_TEMPLATE");
    expect(match("env=production", prod)).toBe("NO_MATCHING_TEMPLATE");
    expect(match("", prod)).toBe("NO_MATCHING_TEMPLATE");
  });

  test("has the most of them, in whatever order they are known", () => {
    expect(match("env=prod team=web zone=eu", prod, web)).toBe("prod-web");
    expect(match("env=prod team=web zone=eu", web, prod)).toBe("prod-web");
  });

  test("is never one without match labels", () => {
    expect(match("env=prod", template("any"))).toBe("NO_MATCHING_TEMPLATE");
    expect(match("env=prod", template("any"), prod)).toBe("prod");
  });

  test("is none if two match equally well: the candidates are named, in order", () => {
    const result = policyFrom(matching(), labels("env=prod team=web zone=eu"), [
      prod,
      template("zonal", "zone=eu env=prod"),
      web,
    ]);
    expect(result).toEqual({
      rejection: {
        reason: "AMBIGUOUS_TEMPLATE",
        message: "2 templates match equally well, by 2 labels: prod-web, zonal. Name one of them.",
        facts: { candidates: "prod-web, zonal" },
      },
    });
  });

  test("of many candidates the first ten are named", () => {
    const many = Array.from({ length: 12 }, (_, index) => template(`t${10 + index}`, "env=prod"));
    expect(policyFrom(matching(), labels("env=prod"), many)).toMatchObject({
      rejection: {
        message:
          "12 templates match equally well, by 1 label: t10, t11, t12, t13, t14, t15, t16, t17, t18, t19 and 2 more. Name one of them.",
      },
    });
  });
});

describe("whether a policy is the one that was asked for earlier", () => {
  const attachedBy = (source: PolicySource) => {
    const result = policyFrom(source, labels("env=prod"), [template("release"), template("prod", "env=prod")]);
    if ("rejection" in result) throw new Error(result.rejection.message);
    return result;
  };

  test.each<[string, PolicySource | undefined, PolicySource | undefined, boolean]>([
    ["none, none", undefined, undefined, true],
    ["none, a template", undefined, named("release"), false],
    ["a template, none", named("release"), undefined, false],
    ["the same given along", policyBody(), policyBody(), true],
    ["another given along", policyBody(), policyBody({ minApprovals: 1 }), false],
    ["the template's policy given along", named("release"), policyBody(), false],
    ["given along, the template of that policy", policyBody(), named("release"), false],
    ["the same template", named("release"), named("release"), true],
    ["the same template and overrides", named("release", STRICTER), named("release", STRICTER), true],
    ["another template", named("release"), named("prod"), false],
    ["the same template without its overrides", named("release", STRICTER), named("release"), false],
    ["the same template with overrides", named("release"), named("release", STRICTER), false],
    ["matching again", matching(), matching(), true],
    ["matching again with other overrides", matching(), matching(STRICTER), false],
  ])("%s", (_, first, second, expected) => {
    expect(isFrom(second, first === undefined ? undefined : attachedBy(first))).toBe(expected);
  });
});
