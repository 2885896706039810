import { Command } from "commander";
import { z } from "zod";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { parseCount, parseLabels, parseSpan, parseWord } from "./arguments.ts";
import { UsageError } from "./failure.ts";
import { readJsonFile } from "./json-file.ts";

/** Repeatable option: gathers its values. */
export const gather = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export interface PolicyOptions {
  readonly policy?: string;
  readonly minApprovals?: string;
  readonly allowMode?: readonly string[];
  readonly requireCapability?: readonly string[];
  readonly maxSteps?: string;
  readonly allowAdapter?: readonly string[];
  readonly allowSelfApproval?: boolean;
  readonly forbidSelfApproval?: boolean;
  readonly humansOnly?: boolean;
  readonly requireGroup?: readonly string[];
  readonly requireComment?: boolean;
  readonly requireSignedApprovals?: boolean;
  readonly maxApprovalLifetime?: string;
  readonly policyLabel?: readonly string[];
}

/** For commands that may take a template in place of a policy. */
export interface SourceOptions extends PolicyOptions {
  readonly template?: string;
  readonly matchTemplate?: boolean;
}

export function addPolicyOptions(command: Command): Command {
  return command
    .option("--policy <FILE>", "policy as a JSON file, in place of the options below")
    .option("--min-approvals <N>", "distinct approvals needed")
    .option("--allow-mode <MODE>", "dry-run or apply; repeatable", gather)
    .option("--require-capability <NAME>", "the adapter must declare it; repeatable", gather)
    .option("--max-steps <N>", "longest plan")
    .option("--allow-adapter <ID>", "only these adapters; repeatable", gather)
    .option("--require-group <NAME=N>", "so many approvers of a group; repeatable", gather)
    .option("--humans-only", "only people may approve")
    .option("--require-comment", "every approval needs a comment")
    .option("--require-signed-approvals", "every approval is signed by a key of the approver's own")
    .option("--max-approval-lifetime <SPAN>", "longest life of an approval, such as 8h")
    .option("--allow-self-approval", "the requester's own approval counts")
    .option("--forbid-self-approval", "the requester's own approval does not count, whatever a template says")
    .option("--policy-label <KEY=VALUE>", "describes the policy; repeatable", gather);
}

export function addSourceOptions(command: Command): Command {
  return addPolicyOptions(
    command
      .option("--template <NAME>", "the policy of this template, tightened by the policy options")
      .option("--match-template", "the same of the template that matches the decision's labels best"),
  );
}

const MODES = ["DRY_RUN", "APPLY"] as const;

const policyFile = z.strictObject({
  minApprovals: z.int().min(1),
  allowedModes: z.array(z.enum(["MODE_DRY_RUN", "MODE_APPLY", ...MODES])).min(1),
  requireAdapterCapabilities: z.array(z.string()).default([]),
  maxSteps: z.int().min(0).default(0),
  labels: z.array(z.strictObject({ key: z.string(), value: z.string() })).default([]),
  allowedAdapters: z.array(z.string()).default([]),
  allowSelfApproval: z.boolean().default(false),
  humansOnly: z.boolean().default(false),
  groups: z.array(z.strictObject({ group: z.string(), minApprovals: z.int().min(1) })).default([]),
  requireComment: z.boolean().default(false),
  maxApprovalLifetimeSeconds: z.int().min(0).default(0),
  requireSignedApprovals: z.boolean().default(false),
});

/** The options, as typed, that would go unheard beside `but`. */
function policyOptionsBeside(options: PolicyOptions, but?: keyof PolicyOptions): readonly string[] {
  const all = addPolicyOptions(new Command()).options.map((option) => [option.attributeName(), option.long ?? ""]);
  return all.flatMap(([name = "", long = ""]) => (name in options && name !== but ? [long] : []));
}

/** @throws {UsageError} if a draft comes with parts of a policy: nobody would hear them. */
export function requireNoPolicy(options: SourceOptions): void {
  const given = [
    ...(options.template === undefined ? [] : ["--template"]),
    ...(options.matchTemplate === undefined ? [] : ["--match-template"]),
    ...policyOptionsBeside(options),
  ];
  if (given.length > 0)
    throw new UsageError(`--draft: a draft has no policy yet, so leave ${given.join(", ")} to nexus-attest attach`);
}

/** Where the policy comes from: the options describe it, or tighten that of a template. */
export function policySourceFrom(options: SourceOptions, mode: (typeof MODES)[number]) {
  const { template: name, matchTemplate } = options;
  if (name === undefined && matchTemplate === undefined)
    return { case: "policy" as const, value: policyFrom(options, [mode]) };
  if (name !== undefined && matchTemplate !== undefined)
    throw new UsageError("say either --template or --match-template");
  if (options.policy !== undefined)
    throw new UsageError("say either --policy or a template, which options such as --min-approvals tighten");
  const overrides = overridesFrom(options);
  return name === undefined
    ? { case: "matchLabels" as const, value: { overrides } }
    : { case: "template" as const, value: { name, overrides } };
}

/** What the options say of a template's policy; what they do not say stays as in the template. */
function overridesFrom(options: PolicyOptions) {
  const { minApprovals, maxSteps, maxApprovalLifetime } = options;
  return {
    ...listsFrom(options, []),
    ...(minApprovals === undefined ? {} : { minApprovals: parseCount(minApprovals, "--min-approvals") }),
    ...(maxSteps === undefined ? {} : { maxSteps: parseCount(maxSteps, "--max-steps") }),
    ...(maxApprovalLifetime === undefined ? {} : { maxApprovalLifetimeSeconds: lifetimeFrom(maxApprovalLifetime) }),
    ...(selfApproval(options) === undefined ? {} : { allowSelfApproval: selfApproval(options) === true }),
    ...(options.humansOnly === undefined ? {} : { humansOnly: options.humansOnly }),
    ...(options.requireComment === undefined ? {} : { requireComment: options.requireComment }),
    ...(options.requireSignedApprovals === undefined ? {} : { requireSignedApprovals: options.requireSignedApprovals }),
  };
}

/** The policy that the options describe. */
export function policyFrom(options: PolicyOptions, modes: readonly (typeof MODES)[number][]) {
  if (options.policy !== undefined) {
    const beside = policyOptionsBeside(options, "policy");
    if (beside.length > 0) throw new UsageError(`say either --policy or ${beside.join(", ")}`);
    const { allowedModes, ...rest } = readJsonFile(options.policy, policyFile);
    return {
      ...rest,
      allowedModes: allowedModes.map((each) => Mode[parseWord(each.replace(/^MODE_/, ""), MODES, "allowedModes")]),
    };
  }
  if (options.minApprovals === undefined)
    throw new UsageError(
      "say what must hold: --min-approvals N, --policy FILE, or --template NAME; a request without any is a --draft",
    );
  const lifetime = options.maxApprovalLifetime;
  return {
    ...listsFrom(options, modes),
    minApprovals: parseCount(options.minApprovals, "--min-approvals"),
    maxSteps: options.maxSteps === undefined ? 0 : parseCount(options.maxSteps, "--max-steps"),
    allowSelfApproval: selfApproval(options) ?? false,
    humansOnly: options.humansOnly ?? false,
    requireComment: options.requireComment ?? false,
    requireSignedApprovals: options.requireSignedApprovals ?? false,
    maxApprovalLifetimeSeconds: lifetime === undefined ? 0 : lifetimeFrom(lifetime),
  };
}

/** @param modes where no option names any. */
function listsFrom(options: PolicyOptions, modes: readonly (typeof MODES)[number][]) {
  return {
    allowedModes: (options.allowMode ?? modes).map((each) => Mode[parseWord(each, MODES, "--allow-mode")]),
    requireAdapterCapabilities: [...(options.requireCapability ?? [])],
    allowedAdapters: [...(options.allowAdapter ?? [])],
    groups: (options.requireGroup ?? []).map(groupFrom),
    labels: parseLabels(options.policyLabel ?? [], "--policy-label"),
  };
}

/** Undefined: nothing was said. */
function selfApproval({ allowSelfApproval, forbidSelfApproval }: PolicyOptions): boolean | undefined {
  if (allowSelfApproval !== undefined && forbidSelfApproval !== undefined)
    throw new UsageError("say either --allow-self-approval or --forbid-self-approval");
  return forbidSelfApproval === undefined ? allowSelfApproval : false;
}

/** Whole seconds: a part of one, rounded, could end as 0, which is no limit at all. */
function lifetimeFrom(text: string): number {
  const seconds = parseSpan(text, "--max-approval-lifetime") / 1000;
  if (Number.isInteger(seconds)) return seconds;
  throw new UsageError(`--max-approval-lifetime: got "${text}", wants whole seconds`);
}

function groupFrom(text: string) {
  const at = text.lastIndexOf("=");
  if (at < 1) throw new UsageError(`--require-group: got "${text}", wants a name and a number such as security=1`);
  return { group: text.slice(0, at), minApprovals: parseCount(text.slice(at + 1), "--require-group") };
}
