import { MAX_GROUPS } from "./limits.ts";
import type { Policy } from "./policy.ts";

/** Somebody who may fill a seat. */
export interface Seated {
  readonly groups: readonly string[];
}

/** How far a set of approvals fulfils a policy. */
export interface Quorum {
  readonly required: number;
  readonly have: number;
  /** How many more distinct approvers are needed, those for groups included. The quorum holds when it is 0. */
  readonly missing: number;
  readonly groups: readonly GroupProgress[];
}

export interface GroupProgress {
  readonly group: string;
  readonly required: number;
  readonly have: number;
}

/**
 * Judges approvals of distinct actors against a policy.
 *
 * Each approver fills one group's seat only, so the approvers are assigned to seats so that the most seats are filled: a maximum bipartite matching
 * by augmenting paths.
 */
export function quorum(policy: Policy, approvals: readonly Seated[]): Quorum {
  const groups = fillSeats(policy, approvals);
  const openSeats = groups.reduce((sum, { required, have }) => sum + required - have, 0);
  const have = approvals.length;
  return {
    required: policy.minApprovals,
    have,
    missing: Math.max(policy.minApprovals - have, openSeats, 0),
    groups,
  };
}

/** By the very lists, which are immutable: a log is judged at every event, and who is a member of what does not change. */
const memberships = new WeakMap<readonly string[], ReadonlySet<string>>();

function membershipOf({ groups }: Seated): ReadonlySet<string> {
  const known = memberships.get(groups) ?? new Set(groups);
  memberships.set(groups, known);
  return known;
}

function fillSeats({ groups }: Policy, approvals: readonly Seated[]): readonly GroupProgress[] {
  // More than a policy may have, which guardrails can add up to: they cannot be judged in a bounded time, and so are never filled.
  if (groups.length > MAX_GROUPS)
    return groups.map(({ group, minApprovals }) => ({ group, required: minApprovals, have: 0 }));
  let openSeats = groups.reduce((sum, { minApprovals }) => sum + minApprovals, 0);
  const seatedIn: readonly number[][] = groups.map(() => []);
  /** Groups from which no open seat can be reached, nor ever will be: whoever is seated in them stays among them. */
  let closed: ReadonlySet<number> = new Set();
  for (const approver of approvals.keys()) {
    if (openSeats === 0 || closed.size === groups.length) break;
    const visited = new Set(closed);
    if (seat(approver, visited)) openSeats -= 1;
    else closed = visited;
  }
  return groups.map(({ group, minApprovals }, index) => ({
    group,
    required: minApprovals,
    have: seatedIn[index]?.length ?? 0,
  }));

  /** Seats an approver, moving others to other groups where that makes room. */
  function seat(approver: number, visited: Set<number>): boolean {
    for (const [index, seated] of seatedIn.entries()) {
      const wanted = groups[index];
      if (wanted === undefined || visited.has(index)) continue;
      const approval = approvals[approver];
      if (approval === undefined || !membershipOf(approval).has(wanted.group)) continue;
      visited.add(index);
      if (seated.length < wanted.minApprovals) {
        seated.push(approver);
        return true;
      }
      for (const [place, other] of seated.entries()) {
        if (!seat(other, visited)) continue;
        seated[place] = approver;
        return true;
      }
    }
    return false;
  }
}
