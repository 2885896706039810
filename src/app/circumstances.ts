import type { AdapterView } from "../domain/blocking.ts";
import type { GuardrailUse } from "../domain/guardrail.ts";
import { KEYS_SET_ASIDE } from "../domain/key-view.ts";
import type { Decision } from "../domain/state.ts";
import type { AdapterViews } from "./adapter-view.ts";
import type { ApproverKeys, JudgedKeys } from "./approver-keys.ts";
import type { HouseRules } from "./house-rules.ts";

/** What a decision is judged by beside its log and the clock. */
export interface Circumstances extends JudgedKeys {
  readonly adapter: AdapterView;
  readonly guardrails?: readonly GuardrailUse[];
}

/** Finds out what a decision is judged by now. */
export type FindCircumstances = (decision: Decision, signal?: AbortSignal) => Promise<Circumstances>;

export function createFindCircumstances(ports: {
  readonly adapters: AdapterViews;
  readonly approverKeys: ApproverKeys;
  readonly houseRules: HouseRules;
}): FindCircumstances {
  const { adapters, approverKeys, houseRules } = ports;
  return async (decision, signal) => {
    const adapter = await adapters.recent(decision, signal);
    // Last, because the clock is read right after: a key that is lost while a router is asked has to be lost here too.
    const judgedKeys = await approverKeys.viewFor(decision, signal);
    return { adapter, ...judgedKeys, guardrails: houseRules.current().guardrails };
  };
}

/** Of what happened elsewhere nothing is asked here: its keys are judged by whoever verifies it, by the keys that they trust. */
export const ELSEWHERE: Circumstances = { adapter: { kind: "unchosen" }, keys: KEYS_SET_ASIDE, notBefore: 0 };
