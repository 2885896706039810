import type { Policy } from "./log.js";

const MAX_GROUPS = 16;

/** Why the quorum of a policy does not hold of approvers, each given by the groups that they are in; empty if it holds. */
export function quorumProblem(policy: Policy, approvers: readonly (readonly string[])[]): string {
  const { minApprovals = 0, groups = [] } = policy;
  if (approvers.length < minApprovals) return `${approvers.length} counted, and ${minApprovals} were needed`;
  if (groups.length > MAX_GROUPS) return `policy and guardrails name more than ${MAX_GROUPS} groups`;
  const seats = groups.map(({ group = "", minApprovals: count = 0 }) => ({ group, count }));
  return canFill(seats, approvers) ? "" : "those who counted do not fill every group";
}

/** Seats that have to be filled by members of a group. */
interface Seats {
  readonly group: string;
  readonly count: number;
}

/**
 * Whether all seats can be filled at the same time, each by an approver of its own who is in the seat's group. By Hall's theorem they can if, for every set of
 * groups, at least as many approvers are in one of them as they have seats. With 16 groups at most these are 65,536 sets, whatever the number of approvers.
 */
function canFill(seats: readonly Seats[], approvers: readonly (readonly string[])[]): boolean {
  const bits = new Map(seats.map(({ group }, index) => [group, 1 << index]));
  const all = (1 << seats.length) - 1;
  /** How many approvers are in no other groups than those of a set. */
  const within = new Uint32Array(all + 1);
  for (const groups of approvers) {
    const own = groups.reduce((set, group) => set | (bits.get(group) ?? 0), 0);
    within[own] = (within[own] ?? 0) + 1;
  }
  for (let bit = 1; bit <= all; bit <<= 1)
    for (let set = 0; set <= all; set += 1)
      if ((set & bit) !== 0) within[set] = (within[set] ?? 0) + (within[set ^ bit] ?? 0);
  for (let set = 0; set <= all; set += 1) {
    const wanted = seats.reduce((sum, { count }, index) => ((set & (1 << index)) === 0 ? sum : sum + count), 0);
    if (approvers.length - (within[all ^ set] ?? 0) < wanted) return false;
  }
  return true;
}
