import type { Digest } from "./ids.ts";
import type { Label, Mode } from "./request.ts";

/** What must hold before a decision may be executed. */
export interface Policy {
  readonly minApprovals: number;
  readonly allowedModes: readonly Mode[];
  readonly requireAdapterCapabilities: readonly string[];
  /** 0: no limit of the policy's own. */
  readonly maxSteps: number;
  readonly labels: readonly Label[];
  readonly allowedAdapters: readonly string[];
  readonly allowSelfApproval: boolean;
  readonly humansOnly: boolean;
  readonly groups: readonly ApproverGroup[];
  readonly requireComment: boolean;
  /** 0: no limit. */
  readonly maxApprovalLifetimeSeconds: number;
  readonly requireSignedApprovals: boolean;
}

/** A group that must be represented by so many approvers. */
export interface ApproverGroup {
  readonly group: string;
  readonly minApprovals: number;
}

/** The use of a template by one decision. */
export interface TemplateUse {
  readonly name: string;
  readonly digest: Digest;
  readonly templatePolicy: Policy;
  readonly overrides: PolicyOverrides | undefined;
}

/** Changes that tighten a template's policy; undefined or empty leaves a field as it is. */
export interface PolicyOverrides {
  readonly minApprovals: number | undefined;
  readonly allowedModes: readonly Mode[];
  readonly requireAdapterCapabilities: readonly string[];
  readonly maxSteps: number | undefined;
  readonly labels: readonly Label[];
  readonly allowedAdapters: readonly string[];
  readonly allowSelfApproval: boolean | undefined;
  readonly humansOnly: boolean | undefined;
  readonly groups: readonly ApproverGroup[];
  readonly requireComment: boolean | undefined;
  readonly maxApprovalLifetimeSeconds: number | undefined;
  readonly requireSignedApprovals: boolean | undefined;
}
