import * as fc from "fast-check";
import type { Actor } from "../../../src/domain/actor.ts";
import type { Command } from "../../../src/domain/command.ts";
import type { Digest } from "../../../src/domain/ids.ts";
import type { Policy } from "../../../src/domain/policy.ts";
import {
  attach,
  CANCEL,
  create,
  execute,
  grant,
  policyBody,
  REJECT,
  record,
  revoke,
  START,
  state,
} from "../commands.ts";
import { alice, bob, COMPLETED, carol, dave, FAILED, outcomeUnknown, planOf, robot, server } from "../facts.ts";

export interface Step {
  readonly actor: Actor;
  readonly groups: readonly string[];
  /** Since the step before, in milliseconds; the clock may also stand still or step back. */
  readonly after: number;
  /** An expiry in it counts from the moment of the command. */
  readonly command: Command;
  /** Whether an approver names the digest that the decision has then. */
  readonly namesDigest: boolean;
  /** What the router would say of whatever adapter it is asked about; undefined: nothing. */
  readonly capabilities: readonly string[] | undefined;
}

export interface Scenario {
  readonly creation: Command & { type: "CREATE_DECISION" };
  readonly steps: readonly Step[];
}

const MINUTE = 60_000;
const GROUPS = ["ops", "security", "legal"] as const;

/** Two ids have both a person and a system: the approver carol and the requester alice. */
const ACTORS: readonly Actor[] = [
  alice,
  bob,
  carol,
  dave,
  robot,
  { type: "SYSTEM", id: "carol" },
  { type: "SYSTEM", id: "alice" },
];

/** Mostly the first, now and then one of the others. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: fc.constant(usual), weight: 6 }, { arbitrary: fc.constantFrom(...others), weight: 2 });
}

const policies: fc.Arbitrary<Policy> = fc.record({
  minApprovals: mostly(1, 2, 3),
  allowedModes: mostly<Policy["allowedModes"]>(["DRY_RUN", "APPLY"], ["DRY_RUN"], ["APPLY"]),
  requireAdapterCapabilities: mostly<readonly string[]>([], ["timeout"], ["timeout", "apply"]),
  maxSteps: mostly(0, 1, 2, 3),
  labels: fc.constant([]),
  allowedAdapters: mostly<readonly string[]>([], ["local"], ["local", "other"], ["other"]),
  allowSelfApproval: fc.boolean(),
  humansOnly: mostly(false, true),
  groups: fc.oneof(
    { arbitrary: fc.constant([]), weight: 2 },
    {
      arbitrary: fc.uniqueArray(fc.record({ group: fc.constantFrom(...GROUPS), minApprovals: mostly(1, 2) }), {
        maxLength: 3,
        selector: ({ group }) => group,
      }),
      weight: 1,
    },
  ),
  requireComment: mostly(false, true),
  maxApprovalLifetimeSeconds: mostly(0, 60, 600),
  requireSignedApprovals: fc.constant(false),
});

const creations = fc
  .record({
    mode: fc.constantFrom("DRY_RUN" as const, "APPLY" as const),
    plan: fc.option(fc.integer({ min: 0, max: 3 }).map(planOf), { nil: undefined }),
    adapterId: mostly("local", "other", ""),
    policy: fc.option(policies.map(policyBody), { nil: undefined, freq: 6 }),
  })
  .map(({ policy, ...request }) => create(request, policy));

const grants = fc
  .record({
    comment: mostly("ok", "", " \t"),
    expiresAt: fc.constantFrom(undefined, undefined, undefined, -1, 0, 1, MINUTE, 10 * MINUTE, 10 * MINUTE + 1),
    shownDigest: mostly(undefined, "another" as Digest),
  })
  .map(grant);

const outcomes = fc.oneof(
  fc.integer({ min: 0, max: 4 }).map((stepsExecuted) => record({ ...COMPLETED, stepsExecuted })),
  fc.integer({ min: 0, max: 4 }).map((stepsExecuted) => record({ ...FAILED, stepsExecuted })),
  fc.constant(record(outcomeUnknown().body as Parameters<typeof record>[0])),
  fc.constantFrom(state("UNKNOWN"), state("COMPLETED"), state("FAILED")),
);

const commands: fc.Arbitrary<Command> = fc.oneof(
  { arbitrary: grants, weight: 12 },
  { arbitrary: fc.constantFrom(undefined, undefined, "bob", "carol").map(revoke), weight: 3 },
  { arbitrary: mostly(undefined, "local", "other").map(execute), weight: 6 },
  { arbitrary: fc.constant(START), weight: 5 },
  { arbitrary: outcomes, weight: 3 },
  { arbitrary: policies.map(attach), weight: 2 },
  { arbitrary: fc.constantFrom(REJECT, CANCEL, create({ goal: "something else" })), weight: 1 },
);

const steps: fc.Arbitrary<Step> = fc.record({
  actor: fc.constantFrom(...ACTORS, server),
  groups: fc.subarray([...GROUPS]),
  after: fc.constantFrom(-MINUTE, 0, 0, 1, 1_000, MINUTE - 1, MINUTE, 5 * MINUTE, 5 * MINUTE + 1, 10 * MINUTE),
  command: commands,
  namesDigest: mostly(false, true),
  capabilities: mostly<readonly string[] | undefined>(["apply", "dry_run", "timeout"], ["dry_run"], [], undefined),
});

/** A step that leads on. */
function onward(actor: Actor, command: Command): Step {
  return {
    actor,
    groups: GROUPS,
    after: 1_000,
    command,
    namesDigest: true,
    capabilities: ["apply", "dry_run", "timeout"],
  };
}

/** The straight road from the request to an outcome. */
const ROAD = [
  ...[bob, carol, dave].map((actor) => onward(actor, grant({ comment: "ok" }))),
  onward(alice, execute()),
  onward(server, START),
] as const;

/** The road, with digressions: most random steps alone would not get far. */
const journeys = fc
  .tuple(
    fc.array(fc.array(steps, { maxLength: 2 }), { minLength: ROAD.length, maxLength: ROAD.length }),
    fc.array(
      outcomes.map((command) => onward(dave, command)),
      { maxLength: 3 },
    ),
    fc.array(steps, { maxLength: 3 }),
  )
  .map(([digressions, ends, afterwards]) => [
    ...ROAD.flatMap((step, index) => [...(digressions[index] ?? []), step]),
    ...ends,
    ...afterwards,
  ]);

/** A request, and what people then try with it. */
export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  creation: creations,
  steps: fc.oneof(journeys, fc.array(steps, { maxLength: 16, size: "max" })),
});
