import { digest, forge, type Loose, tamper } from "./forger.ts";
import type { Forgery } from "./forgery.ts";

/** What the log says of the template, the template itself, and the policy in force. */
type Change = (use: Loose, template: Loose, policy: Loose) => void;

/** The log made good with all that follows from it, the template's digest included. */
function forged(change: Change, options: { readonly keepDigest?: boolean } = {}): string {
  return forge(
    (given, events) => {
      const { template: use, policy } = events[1].policyAttached;
      change(use, given.template, policy);
      if (options.keepDigest !== true) use.digest = digest(given.template);
    },
    { keepTemplate: true },
  );
}

/** What the template and the log say of its policy. */
const both = (use: Loose, template: Loose, change: (policy: Loose) => void) => {
  for (const policy of [use.templatePolicy, template.templateCreated.policy]) change(policy);
};

/** The policy is the one that somebody wanted, and the overrides pretend that it came of the template. */
const LOOSENED: Record<string, Change> = {
  "fewer approvals than the template's": (use, template, policy) => {
    both(use, template, (each) => (each.minApprovals = 3));
    policy.minApprovals = 2;
  },
  "a mode that the template does not allow": (use, template) => {
    both(use, template, (each) => (each.allowedModes = ["MODE_APPLY"]));
    use.overrides.allowedModes = ["MODE_DRY_RUN", "MODE_APPLY"];
  },
  "no limit of steps where the template has one": (use, template, policy) => {
    both(use, template, (each) => (each.maxSteps = 5));
    use.overrides.maxSteps = 0;
    delete policy.maxSteps;
  },
  "more steps than the template's": (use, template) => both(use, template, (each) => (each.maxSteps = 4)),
  "another value of a label of the template's": (use, _, policy) => {
    use.overrides.labels = [{ key: "owner", value: "bob" }];
    policy.labels = [{ key: "owner", value: "bob" }];
  },
  "a label twice": (use, _, policy) => {
    use.overrides.labels = [{ key: "zone" }, { key: "zone" }];
    policy.labels.push({ key: "zone" });
  },
  "an adapter that is not among the template's": (use, template) =>
    both(use, template, (each) => (each.allowedAdapters = ["files"])),
  "adapters where the template lists none": (use, template) =>
    both(use, template, (each) => delete each.allowedAdapters),
  "an adapter twice": (use) => (use.overrides.allowedAdapters = ["files", "files-standby", "files"]),
  "self-approval that the template does not allow": (use, _, policy) => {
    use.overrides.allowSelfApproval = true;
    policy.allowSelfApproval = true;
  },
  "systems where the template wants people": (use, _, policy) => {
    use.overrides.humansOnly = false;
    delete policy.humansOnly;
  },
  "fewer members of a group than the template's": (use, template) => {
    both(use, template, (each) => (each.groups[0].minApprovals = 2));
    use.overrides.groups = [{ group: "security", minApprovals: 1 }];
  },
  "a group twice": (use) =>
    (use.overrides.groups = [
      { group: "security", minApprovals: 1 },
      { group: "security", minApprovals: 1 },
    ]),
  "no comments where the template wants them": (use, template, policy) => {
    both(use, template, (each) => (each.requireComment = true));
    use.overrides.requireComment = false;
    delete policy.requireComment;
  },
  "a longer life of approvals than the template's": (use, template) =>
    both(use, template, (each) => (each.maxApprovalLifetimeSeconds = 86_399)),
  "approvals for ever where the template ends them": (use, _, policy) => {
    use.overrides.maxApprovalLifetimeSeconds = 0;
    delete policy.maxApprovalLifetimeSeconds;
  },
  "unsigned approvals where the template wants signatures": (use, template) => {
    both(use, template, (each) => (each.requireSignedApprovals = true));
    use.overrides.requireSignedApprovals = false;
  },
  "a capability twice": (use) => (use.overrides.requireAdapterCapabilities = ["timeout", "timeout"]),
  "more labels than a policy can have": (use, _, policy) => {
    const labels = Array.from({ length: 32 }, (__, index) => ({ key: `a${10 + index}` }));
    use.overrides.labels = labels;
    policy.labels = [...labels, ...policy.labels];
  },
};

/** Policies that do not come of the template and the overrides. */
const UNFOUNDED: Record<string, Change> = {
  "another policy than the two lead to": (_, __, policy) => (policy.maxSteps = 4),
  "a rule of the template's left out": (use, template) =>
    both(use, template, (each) => (each.groups[0].group = "legal")),
  "overrides left out": (use) => delete use.overrides,
  "an override that was not applied": (use) => (use.overrides.minApprovals = 3),
  "adapters in another order than the template's": (_, __, policy) =>
    (policy.allowedAdapters = policy.allowedAdapters.toReversed()),
  "a template's policy that wants nobody's approval": (use, template) =>
    both(use, template, (each) => delete each.minApprovals),
  "a template's policy with a group twice": (use, template) =>
    both(use, template, (each) => each.groups.push({ group: "security", minApprovals: 1 })),
};

/** Templates that are not the one that the log used. */
const EXCHANGED: Record<string, Change> = {
  "a template of another policy than the log says": (_, template) => (template.templateCreated.policy.minApprovals = 2),
  "a template of another name": (_, template) => (template.name = "production-changes"),
  "a template without a name": (_, template) => delete template.name,
  "a template without a policy": (_, template) => delete template.templateCreated.policy,
  "a template without a body": (_, template) => delete template.templateCreated,
  "a template without an author": (_, template) => delete template.actor,
  "a template without a time": (_, template) => delete template.occurredAt,
  "a template without an event id": (_, template) => delete template.eventId,
  "a template by a service without an id": (_, template) => (template.delegate = { type: "ACTOR_TYPE_SYSTEM" }),
  "a template with match labels out of order": (_, template) => template.templateCreated.matchLabels.push({ key: "a" }),
};

/** Templates of another digest than the log recorded. */
const CHANGED: Record<string, Change> = {
  "a template by somebody else": (_, template) => (template.actor.id = "mallory@example.com"),
  "a template made earlier": (_, template) => (template.occurredAt = "2026-11-25T07:00:00Z"),
  "a template that matches more": (_, template) => delete template.templateCreated.matchLabels,
  "a template of another description": (_, template) => (template.templateCreated.description = "anything"),
  "a template with a field that nobody knows": (_, template) => (template.note = "the same, really"),
  "a log that names no digest": (use) => delete use.digest,
};

export const TEMPLATES: readonly Forgery[] = [
  ...[LOOSENED, UNFOUNDED, EXCHANGED].flatMap((changes) =>
    Object.entries(changes).map(
      ([what, change]): Forgery => ({ what, make: () => forged(change), fails: ["template"] }),
    ),
  ),
  ...Object.entries(CHANGED).map(
    ([what, change]): Forgery => ({ what, make: () => forged(change, { keepDigest: true }), fails: ["template"] }),
  ),
  {
    what: "a template that the log did not use",
    make: () => forge((_, events) => delete events[1].policyAttached.template, { keepTemplate: true }),
    fails: ["template"],
  },
  {
    what: "another template put into a package",
    make: () => tamper((given) => (given.template.templateCreated.policy.minApprovals = 5)),
    fails: ["template"],
  },
  {
    what: "a template that is miswritten",
    make: () => forged((_, template) => (template.templateCreated.description = "")),
    fails: ["proto_json", "template"],
  },
];
