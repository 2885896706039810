import type { BlockingReason } from "../domain/blocking.ts";
import { type CreateDecision } from "../domain/command.ts";
import { decide } from "../domain/decide.ts";
import { evolve } from "../domain/evolve.ts";
import { type GuardrailUse, matching } from "../domain/guardrail.ts";
import type { DecisionId } from "../domain/ids.ts";
import { KEYS_SET_ASIDE } from "../domain/key-view.ts";
import type { Policy } from "../domain/policy.ts";
import { policyInForce } from "../domain/policy-in-force.ts";
import type { Decision } from "../domain/state.ts";
import { blockingReasons, type World } from "../domain/triage-ladder.ts";
import { DIGESTS } from "../evidence/digests.ts";
import type { AdapterViews } from "./adapter-view.ts";
import type { Caller } from "./caller.ts";
import type { Clock } from "./clock.ts";
import type { FindTemplates } from "./find-templates.ts";
import type { HouseRules } from "./house-rules.ts";
import { record } from "./record.ts";
import { Refused } from "./refused.ts";

/** What would become of a request. */
export interface Explanation {
  /** The decision as it would stand right after it was made. */
  readonly decision: Decision;
  /** Undefined for a draft. */
  readonly policyInForce: Policy | undefined;
  readonly blockingReasons: readonly BlockingReason[];
  /** Guardrails that would match besides on some of the adapters that are left open. */
  readonly guardrailsOfAdapters: readonly GuardrailUse[];
}

/**
 * Judges a request as if it were made now, and writes nothing.
 *
 * @throws {Refused} for what would be refused.
 */
export type ExplainDecision = (
  caller: Caller,
  decisionId: DecisionId,
  command: CreateDecision,
  findTemplates: FindTemplates,
  signal: AbortSignal,
) => Promise<Explanation>;

export function createExplainDecision(ports: {
  readonly houseRules: HouseRules;
  readonly adapters: AdapterViews;
  readonly clock: Clock;
  /** A new random UUID. */
  readonly newId: () => string;
}): ExplainDecision {
  const { houseRules, adapters, clock, newId } = ports;
  return async (caller, decisionId, command, findTemplates, signal) => {
    const templates = await findTemplates(command, undefined, signal);
    const { actor, delegate, groups } = caller;
    const demands = houseRules.current();
    const at = clock.now();
    const world = { adapter: { kind: "unchosen" }, keys: KEYS_SET_ASIDE, signature: "not_checked" } as const;
    const context = { decisionId, actor, delegate, groups, at, digests: DIGESTS, templates, ...demands, ...world };
    const verdict = decide(command, undefined, context);
    if (!verdict.accepted) {
      const { reason, message, ...details } = verdict.rejection;
      throw new Refused(reason, message, details);
    }
    const sealed = record(verdict.events, { decisionId, after: undefined, at }, caller, newId);
    const decision = sealed.reduce<Decision | undefined>(evolve, undefined);
    if (decision === undefined) throw new TypeError("a request writes at least one event");
    const { guardrails } = demands;
    const judgedBy: World = {
      adapter: await adapters.recent(decision, signal),
      keys: KEYS_SET_ASIDE,
      guardrails,
    };
    return {
      decision,
      policyInForce: policyInForce(decision),
      blockingReasons: blockingReasons(decision, at, judgedBy),
      guardrailsOfAdapters: ofAdapters(decision, guardrails),
    };
  };
}

function ofAdapters({ created, policy }: Decision, guardrails: readonly GuardrailUse[]): readonly GuardrailUse[] {
  if (created.adapterId !== "" || policy === undefined) return [];
  const { mode, labels } = created;
  const recorded = new Set((policy.guardrails ?? []).map(({ digest }) => digest));
  const onSome = new Set(
    policy.policy.allowedAdapters.flatMap((id) => matching(guardrails, { mode, labels, adapters: [id] })),
  );
  return guardrails.filter((use) => onSome.has(use) && !recorded.has(use.digest));
}
