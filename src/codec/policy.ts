import { create } from "@bufbuild/protobuf";
import {
  PolicyOverridesSchema,
  PolicySchema,
  type PolicyOverrides as WireOverrides,
  type Policy as WirePolicy,
} from "../../gen/ts/nexus/attest/v1/policy_pb.ts";
import { TemplateUseSchema, type TemplateUse as WireTemplateUse } from "../../gen/ts/nexus/attest/v1/template_pb.ts";
import type { Digest } from "../domain/ids.ts";
import type { ApproverGroup, Policy, PolicyOverrides, TemplateUse } from "../domain/policy.ts";
import { isNothing } from "../domain/tighten.ts";
import { CodecError } from "./codec-error.ts";
import { MODES, nameOf } from "./enums.ts";
import { fromWireLabels, toWireLabels } from "./request.ts";

export function toWirePolicy(policy: Policy): WirePolicy {
  return create(PolicySchema, {
    ...policy,
    allowedModes: policy.allowedModes.map((mode) => MODES[mode]),
    requireAdapterCapabilities: [...policy.requireAdapterCapabilities],
    labels: toWireLabels(policy.labels),
    allowedAdapters: [...policy.allowedAdapters],
    groups: policy.groups.map((group) => ({ ...group })),
  });
}

export function fromWirePolicy(policy: WirePolicy): Policy {
  return {
    minApprovals: policy.minApprovals,
    allowedModes: policy.allowedModes.map((mode) => nameOf(MODES, mode, "policy.allowed_modes")),
    requireAdapterCapabilities: [...policy.requireAdapterCapabilities],
    maxSteps: policy.maxSteps,
    labels: fromWireLabels(policy.labels),
    allowedAdapters: [...policy.allowedAdapters],
    allowSelfApproval: policy.allowSelfApproval,
    humansOnly: policy.humansOnly,
    groups: fromWireGroups(policy.groups),
    requireComment: policy.requireComment,
    maxApprovalLifetimeSeconds: policy.maxApprovalLifetimeSeconds,
    requireSignedApprovals: policy.requireSignedApprovals,
  };
}

export function toWireTemplateUse(use: TemplateUse): WireTemplateUse {
  const wire = create(TemplateUseSchema, {
    name: use.name,
    digest: use.digest,
    templatePolicy: toWirePolicy(use.templatePolicy),
  });
  if (use.overrides !== undefined) wire.overrides = toWireOverrides(use.overrides);
  return wire;
}

export function fromWireTemplateUse(use: WireTemplateUse): TemplateUse {
  if (use.templatePolicy === undefined) throw new CodecError("policy_attached.template.template_policy is missing");
  return {
    name: use.name,
    digest: use.digest as Digest,
    templatePolicy: fromWirePolicy(use.templatePolicy),
    overrides: use.overrides === undefined ? undefined : readOverrides(use.overrides),
  };
}

function toWireOverrides(overrides: PolicyOverrides): WireOverrides {
  const { minApprovals, maxSteps, maxApprovalLifetimeSeconds } = overrides;
  const { allowSelfApproval, humansOnly, requireComment, requireSignedApprovals } = overrides;
  return create(PolicyOverridesSchema, {
    ...(minApprovals === undefined ? {} : { minApprovals }),
    ...(maxSteps === undefined ? {} : { maxSteps }),
    ...(allowSelfApproval === undefined ? {} : { allowSelfApproval }),
    ...(humansOnly === undefined ? {} : { humansOnly }),
    ...(requireComment === undefined ? {} : { requireComment }),
    ...(maxApprovalLifetimeSeconds === undefined ? {} : { maxApprovalLifetimeSeconds }),
    ...(requireSignedApprovals === undefined ? {} : { requireSignedApprovals }),
    allowedModes: overrides.allowedModes.map((mode) => MODES[mode]),
    requireAdapterCapabilities: [...overrides.requireAdapterCapabilities],
    labels: toWireLabels(overrides.labels),
    allowedAdapters: [...overrides.allowedAdapters],
    groups: overrides.groups.map((group) => ({ ...group })),
  });
}

/** Overrides as a caller asks for them; undefined if they say nothing: then none are recorded. */
export function fromWireOverrides(wire: WireOverrides | undefined): PolicyOverrides | undefined {
  const overrides = wire === undefined ? undefined : readOverrides(wire);
  return overrides === undefined || isNothing(overrides) ? undefined : overrides;
}

function readOverrides(overrides: WireOverrides): PolicyOverrides {
  return {
    minApprovals: overrides.minApprovals,
    allowedModes: overrides.allowedModes.map((mode) => nameOf(MODES, mode, "overrides.allowed_modes")),
    requireAdapterCapabilities: [...overrides.requireAdapterCapabilities],
    maxSteps: overrides.maxSteps,
    labels: fromWireLabels(overrides.labels),
    allowedAdapters: [...overrides.allowedAdapters],
    allowSelfApproval: overrides.allowSelfApproval,
    humansOnly: overrides.humansOnly,
    groups: fromWireGroups(overrides.groups),
    requireComment: overrides.requireComment,
    maxApprovalLifetimeSeconds: overrides.maxApprovalLifetimeSeconds,
    requireSignedApprovals: overrides.requireSignedApprovals,
  };
}

function fromWireGroups(groups: WirePolicy["groups"]): readonly ApproverGroup[] {
  return groups.map(({ group, minApprovals }) => ({ group, minApprovals }));
}
