import type { DecisionCreated } from "./event.ts";
import { problemInArguments } from "./plan-arguments.ts";
import type { Policy } from "./policy.ts";
import { duplicateKey } from "./request.ts";

/** What a request says twice where it may say it once, or in a way that leaves open what it says, as words for whoever asks; undefined: nothing. */
export function contradictionInRequest({ labels, plan }: DecisionCreated): string | undefined {
  const label = duplicateKey(labels);
  if (label !== undefined) return `labels: the key ${label} stands more than once.`;
  const steps = new Set<string>();
  for (const [index, { stepId, call }] of (plan?.steps ?? []).entries()) {
    if (steps.has(stepId)) return `plan.steps[${index}].step_id: ${stepId} stands more than once.`;
    steps.add(stepId);
    const problem = problemInArguments(call.argumentsJson);
    if (problem !== undefined) return `plan.steps[${index}].call.arguments_json: ${problem}`;
  }
  return undefined;
}

/** The same of a policy. */
export function contradictionInPolicy(policy: Policy): string | undefined {
  const label = duplicateKey(policy.labels);
  if (label !== undefined) return `policy.labels: the key ${label} stands more than once.`;
  const group = duplicateGroup(policy);
  return group === undefined ? undefined : `policy.groups: the group ${group} stands more than once.`;
}

/** The first group that a policy names more than once, or undefined. Which of its quorums should hold? */
export function duplicateGroup({ groups }: Pick<Policy, "groups">): string | undefined {
  const names = groups.map(({ group }) => group);
  return names.find((name, index) => names.indexOf(name) < index);
}
