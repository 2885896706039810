import { z } from "zod";
import { isGroupName } from "../domain/actor.ts";
import { MAX_GUARDRAILS } from "../domain/guardrail.ts";
import { MAX_GROUPS } from "../domain/limits.ts";

const label = z.string().regex(/^.{1,63}$/su, "1 to 63 characters");
const mode = z.enum(["DRY_RUN", "APPLY"]);
const approvals = z.int().max(100);

const guardrail = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "1 to 63 letters, digits, '.', '_' or '-'")
      .describe("What blocking reasons and reports call it."),
    match: z
      .strictObject({
        adapters: z
          .array(
            z
              .string()
              .regex(/^([A-Za-z0-9][A-Za-z0-9._-]{0,62}\*?|\*)$/, "the id of an adapter, or its beginning and *"),
          )
          .max(64)
          .default([])
          .describe("Decisions on these adapters; a `*` at the end stands for any rest. Default: whatever adapter."),
        labels: z
          .record(label, label)
          .default({})
          .describe(
            "Decisions that have all of these labels; default: whatever labels. Whoever requests chooses the labels: match by adapter what must not be evaded.",
          ),
        modes: z.array(mode).default([]).describe("Decisions in these modes; default: both."),
      })
      .prefault({}),
    minApprovals: approvals.min(0).default(0).describe("At least so many people have to approve."),
    groups: z
      .record(z.string().refine(isGroupName, { error: "a group name such as sre" }), approvals.min(1))
      .default({})
      .describe("Groups that have to be represented, with how many of each."),
    humansOnly: z.boolean().default(false).describe("Whether only people may approve."),
    requireSignedApprovals: z
      .boolean()
      .default(false)
      .describe("Whether every approval has to be signed by a key of the approver's own."),
    allowedModes: z.array(mode).default([]).describe("The modes that are left; default: those of the policy."),
    maxApprovalLifetimeSeconds: z
      .int()
      .min(0)
      .max(366 * 24 * 3600)
      .default(0)
      .describe("The longest life of an approval; 0: as the policy says."),
    requiredLabels: z
      .record(label, z.array(label).max(64))
      .default({})
      .describe("Labels that a request has to carry, each with the values it may have; an empty list: any."),
    allowSelfApproval: z
      .boolean()
      .default(false)
      .describe("Whether the requester's own approval counts where the policy allows it, too."),
  })
  .superRefine(({ groups, requiredLabels, match }, context) => {
    const wrong = (path: PropertyKey[], message: string) => context.addIssue({ code: "custom", path, message });
    if (Object.keys(groups).length > MAX_GROUPS) wrong(["groups"], `${MAX_GROUPS} groups at most`);
    if (Object.keys(requiredLabels).length > 32)
      wrong(["requiredLabels"], "32 labels at most, as many as a request has");
    if (Object.keys(match.labels).length > 32)
      wrong(["match", "labels"], "32 labels at most, as many as a request has");
  });

/** What is demanded of decisions, whatever their policies say. */
export const guardrailsSchema = z
  .array(guardrail)
  .max(MAX_GUARDRAILS)
  .superRefine((guardrails, context) => {
    const names = guardrails.map(({ name }) => name);
    for (const [i, name] of names.entries())
      if (names.indexOf(name) < i)
        context.addIssue({ code: "custom", path: [i, "name"], message: `each name once; ${name} is there twice` });
  });

export type GuardrailConfig = z.output<typeof guardrail>;

/** How somebody may execute in an emergency, with fewer approvals. */
export const breakGlassSchema = z.strictObject({
  minApprovals: approvals.min(0).default(0).describe("How many approvals have to stand all the same."),
  reviewWithinSeconds: z
    .number()
    .positive()
    .max(366 * 24 * 3600)
    .default(24 * 3600)
    .describe("How long after the gate the review may take before it is overdue."),
});
