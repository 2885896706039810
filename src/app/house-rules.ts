import type { BreakGlassRule } from "../domain/command.ts";
import { type Duties, NO_DUTIES } from "../domain/duties.ts";
import type { GuardrailUse } from "../domain/guardrail.ts";

/** What this server demands of decisions, whatever their policies say, as the configuration says now. */
export interface HouseRules {
  current(): Demands;

  /** Rings after every change, until the returned function is called. */
  listen(ring: () => void): () => void;
}

export interface Demands {
  /** What is kept apart. */
  readonly duties: Duties;
  /** In the order of the configuration. */
  readonly guardrails: readonly GuardrailUse[];
  /** Undefined: nobody may break the glass. */
  readonly breakGlass: BreakGlassRule | undefined;
}

/** A server that demands nothing. */
export const NO_HOUSE_RULES: HouseRules = {
  current: () => ({ duties: NO_DUTIES, guardrails: [], breakGlass: undefined }),
  listen: () => () => undefined,
};
