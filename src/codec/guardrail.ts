import { create } from "@bufbuild/protobuf";
import {
  GuardrailMatchSchema,
  GuardrailSchema,
  GuardrailUseSchema,
  type Guardrail as WireGuardrail,
  type GuardrailUse as WireGuardrailUse,
  type GuardrailMatch as WireMatch,
} from "../../gen/ts/nexus/attest/v1/guardrail_pb.ts";
import type { Guardrail, GuardrailMatch, GuardrailUse } from "../domain/guardrail.ts";
import type { Digest } from "../domain/ids.ts";
import { CodecError } from "./codec-error.ts";
import { MODES, nameOf } from "./enums.ts";
import { fromWireLabels, toWireLabels } from "./request.ts";

export function toWireGuardrail(guardrail: Guardrail): WireGuardrail {
  const { match } = guardrail;
  const wire = create(GuardrailSchema, {
    name: guardrail.name,
    minApprovals: guardrail.minApprovals,
    groups: guardrail.groups.map((group) => ({ ...group })),
    humansOnly: guardrail.humansOnly,
    requireSignedApprovals: guardrail.requireSignedApprovals,
    allowedModes: guardrail.allowedModes.map((mode) => MODES[mode]),
    maxApprovalLifetimeSeconds: guardrail.maxApprovalLifetimeSeconds,
    requiredLabels: guardrail.requiredLabels.map(({ key, values }) => ({ key, values: [...values] })),
    allowSelfApproval: guardrail.allowSelfApproval,
  });
  if (match !== undefined)
    wire.match = create(GuardrailMatchSchema, {
      adapters: [...match.adapters],
      labels: toWireLabels(match.labels),
      modes: match.modes.map((mode) => MODES[mode]),
    });
  return wire;
}

export function toWireGuardrailUses(uses: readonly GuardrailUse[] = []): WireGuardrailUse[] {
  return uses.map(({ digest, guardrail }) =>
    create(GuardrailUseSchema, { digest, guardrail: toWireGuardrail(guardrail) }),
  );
}

/** @throws {CodecError} if a guardrail is missing, or has a mode that is none. */
export function fromWireGuardrailUses(
  wire: readonly WireGuardrailUse[],
  field: string,
): { readonly guardrails?: readonly GuardrailUse[] } {
  if (wire.length === 0) return {};
  const guardrails = wire.map(({ digest, guardrail }, index) => {
    const at = `${field}[${index}].guardrail`;
    if (guardrail === undefined) throw new CodecError(`${at} is missing`);
    return { digest: digest as Digest, guardrail: fromWireGuardrail(guardrail, at) };
  });
  return { guardrails };
}

function fromWireGuardrail(wire: WireGuardrail, at: string): Guardrail {
  return {
    name: wire.name,
    match: wire.match && fromWireMatch(wire.match, `${at}.match`),
    minApprovals: wire.minApprovals,
    groups: wire.groups.map(({ group, minApprovals }) => ({ group, minApprovals })),
    humansOnly: wire.humansOnly,
    requireSignedApprovals: wire.requireSignedApprovals,
    allowedModes: wire.allowedModes.map((mode) => nameOf(MODES, mode, `${at}.allowed_modes`)),
    maxApprovalLifetimeSeconds: wire.maxApprovalLifetimeSeconds,
    requiredLabels: wire.requiredLabels.map(({ key, values }) => ({ key, values: [...values] })),
    allowSelfApproval: wire.allowSelfApproval,
  };
}

function fromWireMatch(wire: WireMatch, at: string): GuardrailMatch {
  return {
    adapters: [...wire.adapters],
    labels: fromWireLabels(wire.labels),
    modes: wire.modes.map((mode) => nameOf(MODES, mode, `${at}.modes`)),
  };
}
