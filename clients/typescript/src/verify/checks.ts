import { approvalsReliedOn, approvalsValid, quorumAtGate, requestDigest } from "./approval-checks.js";
import type { Evidence } from "./evidence.js";
import {
  bindingDigest,
  canonicalFormOf,
  controlDigest,
  headDigest,
  linkDigest,
  protoJson,
  unknownFields,
} from "./file-checks.js";
import { type Finding, notChecked, unless } from "./finding.js";
import type { Gate } from "./gate.js";
import { gateConditions, policyDigest, routerRequestDigest } from "./gate-checks.js";
import { breakGlass, guardrails } from "./guardrail-checks.js";
import type { History } from "./history.js";
import type { LogEvent } from "./log.js";
import { eventChain, eventSequence } from "./log-checks.js";
import type { OpenedPackage } from "./opened-package.js";
import type { Status } from "./report.js";
import type { Run } from "./run.js";
import { link, outcome, routerSection, runBundle } from "./run-checks.js";
import { approverSignatures, routerSignature, serverSignature } from "./signature-checks.js";
import { template } from "./template-check.js";
import { requiredChecks, timeBounds } from "./trust-checks.js";
import type { TrustPolicy } from "./trust-policy.js";

/** A check of docs/audit-package.md. */
export interface Check {
  readonly name: string;
  readonly asks: string;
  /** `statuses` are those of the checks before it. */
  readonly judge: (
    evidence: Evidence,
    trust: TrustPolicy | undefined,
    statuses: ReadonlyMap<string, Status>,
  ) => Finding;
}

export const REQUIRED_CHECKS = "required_checks";

/** All checks, in the order of the report. What a check is made of (`onGate`) says what it needs: without that it is not checked. */
export const CHECKS: readonly Check[] = [
  {
    name: "format",
    asks: "The file is a package of a version that this verifier knows.",
    judge: ({ problems }) => unless(problems.format),
  },
  onFile("canonical_form", "The file is in canonical form (RFC 8785), to the byte.", canonicalFormOf),
  onFile("proto_json", "Every field is written as ProtoJSON writes it.", protoJson),
  onFile("unknown_fields", "There is no field that this verifier does not know.", unknownFields),
  onFile("event_schema", "Every event can be read.", (_, _file, _trust, { problems }) => unless(problems.log)),
  onLog(
    "event_sequence",
    "The events are those of one decision, numbered from 0 without a gap, in order of time.",
    eventSequence,
  ),
  onLog("event_chain", "Every event names the digest of the one before.", eventChain),
  onFile("head_digest", "The head digest is that of the last event.", headDigest),
  onLog("replay", "The events can have happened in this order.", (_, _file, _trust, { problems }) =>
    unless(problems.history),
  ),
  onGate("request_digest", "Every approval is a yes to exactly this request and this policy.", requestDigest),
  onHistory("approvals_valid", "Every approval was allowed when it was given.", approvalsValid),
  onGate("policy_digest", "The gate was judged by the policy that was attached.", policyDigest),
  onHistory("template", "The policy is the template's, tightened by the overrides that were recorded.", template),
  onGate(
    "approvals_relied_on",
    "The gate relied on exactly the approvals that counted at that moment.",
    approvalsReliedOn,
  ),
  onGate("quorum_at_gate", "The quorum held at the gate.", quorumAtGate),
  onGate(
    "gate_conditions",
    "Mode, steps, labels, adapter and capabilities were as the policy and the guardrails want them.",
    gateConditions,
  ),
  onGate(
    "guardrails",
    "The guardrails are those that their digests name, and all that the trust policy insists on were in force.",
    guardrails,
  ),
  onGate("break_glass", "The gate was passed by its quorum, or without it as the trust policy accepts.", breakGlass),
  onGate("router_request_digest", "What the router was asked to run is what was approved.", routerRequestDigest),
  onHistory("outcome", "The run was started once and its outcome is within the policy.", outcome),
  onFile("control_digest", "The control digest is that of the control bundle.", controlDigest),
  onRun("router_section", "The run in the router section is the one that was recorded.", routerSection),
  onRun("run_bundle", "The run bundle is, to the byte, the one that was recorded.", runBundle),
  onRun("link", "The link between what was allowed and what was run follows from the events.", link),
  onFile("link_digest", "The link digest is that of the link.", linkDigest),
  onFile("binding_digest", "The binding digest binds all of it.", bindingDigest),
  onLog("server_signature", "A trusted server signed the package.", serverSignature),
  onGate(
    "approver_signatures",
    "Every approval that counted is signed by a trusted key of its approver.",
    approverSignatures,
  ),
  onRun("router_signature", "A trusted router signed its run.", routerSignature),
  onLog("time_bounds", "The log is of the time that the trust policy allows.", timeBounds),
  {
    name: REQUIRED_CHECKS,
    asks: "Everything that the trust policy insists on holds.",
    judge: (_, trust, statuses) => requiredChecks(statuses, trust),
  },
];

type Judge<Part> = (part: Part, file: OpenedPackage, trust: TrustPolicy | undefined, evidence: Evidence) => Finding;

function onFile(name: string, asks: string, judge: Judge<OpenedPackage>): Check {
  return on(name, asks, ({ file }) => file, "the file is no package that can be read", judge);
}

function onLog(name: string, asks: string, judge: Judge<readonly LogEvent[]>): Check {
  return on(name, asks, ({ log }) => log, "not every event can be read", judge);
}

function onHistory(name: string, asks: string, judge: Judge<History>): Check {
  return on(name, asks, ({ history }) => history, "the log could not be replayed", judge);
}

function onGate(name: string, asks: string, judge: Judge<Gate>): Check {
  return on(name, asks, ({ gate }) => gate, "the log could not be replayed, or execution was never requested", judge);
}

function onRun(name: string, asks: string, judge: Judge<Run>): Check {
  return on(name, asks, ({ run }) => run, "the log does not end with a run that was recorded", judge);
}

function on<Part>(
  name: string,
  asks: string,
  part: (evidence: Evidence) => Part | undefined,
  without: string,
  judge: Judge<Part>,
): Check {
  return {
    name,
    asks,
    judge: (evidence, trust) => {
      const found = part(evidence);
      return evidence.file === undefined || found === undefined
        ? notChecked(without)
        : judge(found, evidence.file, trust, evidence);
    },
  };
}
