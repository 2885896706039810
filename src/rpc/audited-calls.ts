import type { DescMessage, DescMethod, Message, MessageShape } from "@bufbuild/protobuf";
import { ApproverKeyService } from "../../gen/ts/nexus/attest/v1/approver_key_service_pb.ts";
import { AuditService, ImportOutcome } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { DecisionService, StatedOutcome } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { ReviewVerdict } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import { ImportedDecisionService } from "../../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import type { AuditEntry, AuditKind } from "../app/audit-log.ts";
import { nameOf } from "../codec/enums.ts";

type Facts = Pick<AuditEntry, "decisionId" | "importId" | "keyId" | "details">;

/** How a call is recorded in the audit log. */
export interface AuditedCall {
  readonly kind: AuditKind;
  /**
   * What a call waits for. `recorded`: its record has to be on the disk before it is carried out. `noted`: it is recorded before, and carried out even if it cannot be,
   * because it takes away more than it gives. `after`: it changes nothing, and is recorded once it has been answered.
   */
  readonly when: "recorded" | "noted" | "after";
  /** Undefined: there is nothing to record about this one. */
  readonly of: (request: Message) => Facts | undefined;
  readonly answered?: (response: Message) => Facts;
}

/** The calls that are recorded, whoever makes them, by their path. */
export const AUDITED: ReadonlyMap<string, AuditedCall> = new Map([
  audited(ApproverKeyService.method.enrollApproverKey, {
    kind: "approver_key.enrol",
    when: "recorded",
    of: ({ approver }) => ({ details: { approver: approver?.id ?? "" } }),
    answered: ({ key }) => ({ keyId: key?.keyId }),
  }),
  audited(ApproverKeyService.method.revokeApproverKey, {
    kind: "approver_key.revoke",
    when: "noted",
    of: ({ keyId }) => ({ keyId }),
  }),
  audited(AuditService.method.importBundle, {
    kind: "bundle.import",
    when: "recorded",
    of: ({ bundleJson, source }) => ({ details: { bytes: `${bundleJson.length}`, source } }),
    answered: ({ importId, eventsWritten, outcome }) => ({
      importId,
      details: { eventsWritten: `${eventsWritten}`, outcome: nameOf(ImportOutcome, outcome, "outcome") },
    }),
  }),
  audited(DecisionService.method.executeDecision, {
    kind: "break_glass",
    when: "recorded",
    of: ({ decisionId, breakGlassReason }) => (breakGlassReason === "" ? undefined : { decisionId }),
    answered: ({ execution }) => ({ details: { broken: `${execution?.breakGlass !== undefined}` } }),
  }),
  audited(DecisionService.method.settleExecution, {
    kind: "execution.settle",
    when: "recorded",
    of: ({ decisionId, resolution }) => {
      if (resolution.case !== "operatorStatement") return { decisionId, details: { by: "router" } };
      const { outcome, force } = resolution.value;
      return {
        decisionId,
        details: { by: "operator", outcome: nameOf(StatedOutcome, outcome, "outcome"), force: `${force}` },
      };
    },
  }),
  audited(DecisionService.method.reviewExecution, {
    kind: "break_glass.review",
    when: "after",
    of: ({ decisionId, verdict }) => ({ decisionId, details: { verdict: nameOf(ReviewVerdict, verdict, "verdict") } }),
  }),
  audited(AuditService.method.exportAuditPackage, {
    kind: "package.export",
    when: "after",
    of: ({ decisionId }) => ({ decisionId }),
    answered: ({ bindingDigest }) => ({ details: { bindingDigest } }),
  }),
  audited(AuditService.method.exportBundle, {
    kind: "bundle.export",
    when: "after",
    of: ({ decisionId }) => ({ decisionId }),
    answered: ({ controlDigest }) => ({ details: { controlDigest } }),
  }),
  audited(ImportedDecisionService.method.exportImportedBundle, {
    kind: "imported_bundle.export",
    when: "after",
    of: ({ importId }) => ({ importId }),
  }),
]);

type Typed<Request extends Message, Response extends Message> = Pick<AuditedCall, "kind" | "when"> & {
  readonly of: (request: Request) => Facts | undefined;
  readonly answered?: (response: Response) => Facts;
};

function audited<Input extends DescMessage, Output extends DescMessage>(
  method: DescMethod & { readonly input: Input; readonly output: Output },
  call: Typed<MessageShape<Input>, MessageShape<Output>>,
): readonly [string, AuditedCall] {
  // The message of a call is always that of its method.
  return [pathOf(method), call as AuditedCall];
}

export function pathOf({ parent, name }: DescMethod): string {
  return `${parent.typeName}/${name}`;
}
