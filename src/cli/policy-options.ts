import { Command } from "commander";
import { z } from "zod";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { parseCount, parseSpan, parseWord } from "./arguments.ts";
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
  readonly humansOnly?: boolean;
  readonly requireGroup?: readonly string[];
  readonly requireComment?: boolean;
  readonly maxApprovalLifetime?: string;
}

export function addPolicyOptions(command: Command): Command {
  return command
    .option("--policy <FILE>", "policy as a JSON file, in place of the options below")
    .option("--min-approvals <N>", "distinct approvals needed")
    .option("--allow-mode <MODE>", "dry-run or apply; repeatable; default: the request's mode", gather)
    .option("--require-capability <NAME>", "the adapter must declare it; repeatable", gather)
    .option("--max-steps <N>", "longest plan")
    .option("--allow-adapter <ID>", "only these adapters; repeatable", gather)
    .option("--require-group <NAME=N>", "so many approvers of a group; repeatable", gather)
    .option("--humans-only", "only people may approve")
    .option("--require-comment", "every approval needs a comment")
    .option("--max-approval-lifetime <SPAN>", "longest life of an approval, such as 8h")
    .option("--allow-self-approval", "the requester's own approval counts");
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
});

/** The options, as typed, that would go unheard beside `but`. */
function policyOptionsBeside(options: PolicyOptions, but?: keyof PolicyOptions): readonly string[] {
  const all = addPolicyOptions(new Command()).options.map((option) => [option.attributeName(), option.long ?? ""]);
  return all.flatMap(([name = "", long = ""]) => (name in options && name !== but ? [long] : []));
}

/** @throws {UsageError} if a draft comes with parts of a policy: nobody would hear them. */
export function requireNoPolicy(options: PolicyOptions): void {
  const given = policyOptionsBeside(options);
  if (given.length > 0)
    throw new UsageError(`--draft: a draft has no policy yet, so leave ${given.join(", ")} to nexus-attest attach`);
}

/** The policy that the options describe. */
export function policyFrom(options: PolicyOptions, mode: (typeof MODES)[number]) {
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
      "say what must hold: --min-approvals N, or --policy FILE; a request without either is a --draft",
    );
  const lifetime = options.maxApprovalLifetime;
  return {
    minApprovals: parseCount(options.minApprovals, "--min-approvals"),
    allowedModes: (options.allowMode ?? [mode]).map((each) => Mode[parseWord(each, MODES, "--allow-mode")]),
    requireAdapterCapabilities: [...(options.requireCapability ?? [])],
    maxSteps: options.maxSteps === undefined ? 0 : parseCount(options.maxSteps, "--max-steps"),
    allowedAdapters: [...(options.allowAdapter ?? [])],
    allowSelfApproval: options.allowSelfApproval ?? false,
    humansOnly: options.humansOnly ?? false,
    groups: (options.requireGroup ?? []).map(groupFrom),
    requireComment: options.requireComment ?? false,
    maxApprovalLifetimeSeconds:
      lifetime === undefined ? 0 : Math.round(parseSpan(lifetime, "--max-approval-lifetime") / 1000),
  };
}

function groupFrom(text: string) {
  const at = text.lastIndexOf("=");
  if (at < 1) throw new UsageError(`--require-group: got "${text}", wants a name and a number such as security=1`);
  return { group: text.slice(0, at), minApprovals: parseCount(text.slice(at + 1), "--require-group") };
}
