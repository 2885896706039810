import { z } from "zod";
import { actorIdProblem, isGroupName, MAX_GROUPS } from "../domain/actor.ts";
import { ROLES } from "../domain/grant.ts";

/** The longest list of bindings: what somebody sees becomes one question to the index, with a part for each. */
const MAX_BINDINGS = 200;

/** Labels are bounded as those of a request, adapters named as those of the configuration. */
const label = z.string().regex(/^.{1,63}$/su, "1 to 63 characters");

const binding = z
  .strictObject({
    roles: z.array(z.enum(ROLES)).min(1).describe("What they may be; see the table of roles."),
    actors: z
      .array(
        z
          .string()
          .regex(
            /^(human|system):[\x21-\x2b\x2d-\x40\x5b-\x7e]{1,256}$/,
            "human: or system: and an id in lower-case ASCII, such as human:alice@example.com",
          )
          .regex(/^[^*]*\*?[^*]*$/, "one * at most"),
      )
      .default([])
      .describe("Who: `human:` or `system:` and an id, in which one `*` stands for a part without `/` and `@`."),
    groups: z
      .array(z.string().refine(isGroupName, { error: "a group name such as sre" }))
      .max(MAX_GROUPS)
      .default([])
      .describe("And whoever is in one of these groups."),
    scope: z
      .strictObject({
        labels: z
          .record(label, label)
          .default({})
          .describe("Only for decisions that have all of these labels; default: whatever labels."),
        adapters: z
          .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "the id of an adapter"))
          .max(64)
          .default([])
          .describe("Only for decisions on one of these adapters; default: on any, or none yet."),
      })
      .prefault({}),
  })
  .superRefine(({ actors, groups, roles, scope }, context) => {
    const wrong = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
    if (actors.length + groups.length === 0) wrong("actors", "somebody: actors, or groups");
    const isScoped = Object.keys(scope.labels).length + scope.adapters.length > 0;
    if (Object.keys(scope.labels).length > 32) wrong("scope", "32 labels at most, as many as a request has");
    if (isScoped && roles.includes("key_admin"))
      wrong("roles", "no key_admin with a scope: keys have neither labels nor adapters");
  });

/** Who may do what. Nobody may do anything that is not granted here. */
export const authorizationSchema = z.array(binding).max(MAX_BINDINGS);

export type AuthorizationConfig = z.output<typeof authorizationSchema>;

const person = z.string().superRefine((id, context) => {
  const problem = actorIdProblem(id);
  if (problem !== undefined) context.addIssue({ code: "custom", message: `the id of an actor; this one ${problem}` });
});

/** What is kept apart, whatever a policy says. */
export const separationSchema = z
  .strictObject({
    executorIsNotRequester: z
      .boolean()
      .default(false)
      .describe("Whether somebody else than the requester has to execute."),
    approverIsNotExecutor: z
      .boolean()
      .default(false)
      .describe("Whether whoever has approved has to leave the execution to somebody else."),
    aliases: z
      .array(z.array(person).min(2))
      .default([])
      .describe("Lists of ids that belong to one person each, who then counts once."),
  })
  .superRefine(({ aliases }, context) => {
    const ids = aliases.flat();
    const twice = ids.find((id, i) => ids.indexOf(id) !== i);
    if (twice !== undefined)
      context.addIssue({ code: "custom", path: ["aliases"], message: `each id once; ${twice} is there twice` });
  })
  .prefault({});
