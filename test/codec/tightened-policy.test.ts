import { create } from "@bufbuild/protobuf";
import { createValidator } from "@bufbuild/protovalidate";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { PolicyOverridesSchema, PolicySchema } from "../../gen/ts/nexus/attest/v1/policy_pb.ts";
import { fromWireOverrides, fromWirePolicy, toWirePolicy } from "../../src/codec/policy.ts";
import { tighten } from "../../src/domain/tighten.ts";

const validator = createValidator();
const names = (most: number) =>
  fc.integer({ min: 0, max: most }).map((count) => Array.from({ length: count }, (_, index) => `n${index}`));
/** Lists that are disjoint or not, and together up to twice as long as a policy's may be. */
const others = (most: number) =>
  fc.tuple(names(most), fc.constantFrom("n", "o")).map(([items, first]) => items.map((item) => first + item.slice(1)));
const label = (key: string) => ({ key, value: "" });
const group = (name: string) => ({ group: name, minApprovals: 1 });

const policies = fc.record({
  minApprovals: fc.integer({ min: 1, max: 100 }),
  allowedModes: fc.constantFrom<Mode[]>([1], [1, 2]),
  requireAdapterCapabilities: names(32),
  maxSteps: fc.integer({ min: 0, max: 1000 }),
  labels: names(32).map((keys) => keys.map(label)),
  allowedAdapters: names(32),
  groups: names(16).map((all) => all.map(group)),
  maxApprovalLifetimeSeconds: fc.integer({ min: 0, max: 31_622_400 }),
});
const overrides = fc.record(
  {
    minApprovals: fc.integer({ min: 0, max: 100 }),
    allowedModes: fc.constantFrom<Mode[]>([1], [2, 1], [1, 1]),
    requireAdapterCapabilities: others(32),
    maxSteps: fc.integer({ min: 0, max: 1000 }),
    labels: others(32).map((keys) => keys.map(label)),
    allowedAdapters: names(32),
    groups: others(16).map((all) => all.map(group)),
    maxApprovalLifetimeSeconds: fc.integer({ min: 0, max: 31_622_400 }),
  },
  { requiredKeys: [] },
);

test("what comes of a policy and overrides that the schema lets pass is a policy that the schema lets pass", () => {
  let accepted = 0;
  fc.assert(
    fc.property(policies, overrides, (template, changes) => {
      const policy = create(PolicySchema, template);
      const wanted = create(PolicyOverridesSchema, changes);
      expect(validator.validate(PolicySchema, policy).kind).toBe("valid");
      expect(validator.validate(PolicyOverridesSchema, wanted).kind).toBe("valid");
      const tightening = tighten(fromWirePolicy(policy), fromWireOverrides(wanted));
      if (tightening.kind === "refused") return;
      accepted += 1;
      const result = validator.validate(PolicySchema, toWirePolicy(tightening.policy));
      expect(result.kind, String(result.error)).toBe("valid");
    }),
    { numRuns: 3_000 },
  );
  expect(accepted).toBeGreaterThan(100);
});
