import { createBell } from "./app/bell.ts";
import type { Demands, HouseRules } from "./app/house-rules.ts";
import type { Log } from "./app/log.ts";
import type { GuardrailConfig } from "./config/guardrail-schema.ts";
import type { Config } from "./config/schema.ts";
import type { Guardrail } from "./domain/guardrail.ts";
import { type Label, sortLabels } from "./domain/request.ts";
import { guardrailUseOf } from "./evidence/guardrail-digest.ts";

/** What the configuration demands of decisions; it goes on with another one while the server runs. */
export interface ConfiguredHouseRules extends HouseRules {
  reload(next: Config): void;
}

export function openHouseRules(config: Config, log: Log): ConfiguredHouseRules {
  const bell = createBell();
  let demands = demandsOf(config);
  tell();

  return {
    current: () => demands,
    listen: bell.listen,
    reload(next) {
      demands = demandsOf(next);
      tell();
      bell.ring();
    },
  };

  function tell(): void {
    const guardrails = demands.guardrails.map(({ digest, guardrail: { name } }) => ({ name, digest }));
    log.info({ event: "guardrails", guardrails }, "guardrails are those of the configuration");
    if (demands.breakGlass !== undefined)
      log.warn({ event: "break_glass" }, "break-glass is allowed: whoever has that role executes without a quorum");
  }
}

function demandsOf({ separationOfDuties, guardrails, breakGlass }: Config): Demands {
  return {
    duties: separationOfDuties,
    guardrails: guardrails.map((guardrail) => guardrailUseOf(guardrailOf(guardrail))),
    breakGlass: breakGlass && {
      minApprovals: breakGlass.minApprovals,
      reviewWithin: breakGlass.reviewWithinSeconds * 1000,
    },
  };
}

function guardrailOf({ match, groups, requiredLabels, ...rest }: GuardrailConfig): Guardrail {
  return {
    ...rest,
    match: isForAll(match) ? undefined : { ...match, labels: labelsOf(match.labels) },
    groups: Object.entries(groups).map(([group, minApprovals]) => ({ group, minApprovals })),
    requiredLabels: Object.entries(requiredLabels).map(([key, values]) => ({ key, values })),
  };
}

function isForAll({ adapters, labels, modes }: GuardrailConfig["match"]): boolean {
  return adapters.length + Object.keys(labels).length + modes.length === 0;
}

function labelsOf(labels: Readonly<Record<string, string>>): readonly Label[] {
  return sortLabels(Object.entries(labels).map(([key, value]) => ({ key, value })));
}
