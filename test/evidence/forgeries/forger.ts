import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import canonicalize from "canonicalize";
import { verifyAuditPackage } from "../../../src/evidence/verify-audit-package.ts";

/** JSON of a package or a part of it, to be changed at will. */
export type Loose = ReturnType<typeof JSON.parse>;

/** The embedded package of docs/audit-package.md: events 2 (carol, expired), 3 (dave, revoked by 4), 5 (erin), 6 (frank), gate 7, start 8, outcome 9. */
export const EMBEDDED = example("embedded");
export const REFERENCE = example("reference");

function example(mode: string): string {
  return readFileSync(new URL(`../../../docs/examples/audit-package.${mode}.json`, import.meta.url), "utf8");
}

export const EVENT = { carol: 2, dave: 3, revocation: 4, erin: 5, frank: 6, gate: 7, start: 8, outcome: 9 } as const;

/** What is not checked of a package that carries no signature, if nobody is believed. */
export const UNSIGNED = [
  "server_signature",
  "approver_signatures",
  "router_signature",
  "time_bounds",
  "required_checks",
] as const;

/** The id of one of the example's events. */
export const eventId = (seq: number): string => `00000000-0000-4000-8000-${String(seq).padStart(12, "0")}`;

export const canonical = (value: unknown): string => canonicalize(value) ?? "";
export const sha256 = (content: string | Uint8Array): string =>
  `sha256:${createHash("sha256").update(content).digest("hex")}`;
export const digest = (value: unknown): string => sha256(canonical(value));
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The package, changed, and nothing made good. */
export function tamper(change: (given: Loose) => void, from: string = EMBEDDED): string {
  const given = JSON.parse(from);
  change(given);
  return canonical(given);
}

/** The package, changed, and every digest from the events to the binding made good, by somebody who knows the format as well as we do. */
export function forge(
  change: (given: Loose, events: Loose[]) => void,
  options: {
    /** Whose approvals the gate claims to rely on, by their event ids; undefined: those that it relied on. */
    readonly reliedOn?: readonly string[];
    /** What is changed once the events are made good, such as a digest within the gate: what follows from it is made good too. */
    readonly atGate?: (gate: Loose, given: Loose) => void;
    /** Leaves the template, and what the log says of it, as they are; else it is made one that leads to whatever policy the log has. */
    readonly keepTemplate?: boolean;
    /** Leaves the approvals' request digests as they are. */
    readonly keepRequestDigests?: boolean;
    /** The same for each approval. */
    readonly atApproval?: (approval: Loose, seq: number) => void;
    /** What is changed at the end, before the outer digests are made good. */
    readonly atEnd?: (given: Loose) => void;
    readonly from?: string;
  } = {},
): string {
  const given = JSON.parse(options.from ?? EMBEDDED);
  const events: Loose[] = given.controlBundle.events;
  const reliedOn = options.reliedOn ?? [eventId(EVENT.erin), eventId(EVENT.frank)];
  change(given, events);
  if (options.keepTemplate !== true) refit(given);
  reseal(given, { ...options, reliedOn });
  relink(given);
  options.atEnd?.(given);
  rebind(given);
  return canonical(given);
}

/** Makes the template one with exactly the policy of the log, without overrides; if the log names none, there is none. */
function refit(given: Loose): void {
  const { policy, template: use } = body(given, "policyAttached") ?? {};
  if (use === undefined) {
    delete given.template;
    return;
  }
  if (policy === undefined || given.template === undefined) return;
  use.templatePolicy = structuredClone(policy);
  delete use.overrides;
  given.template.templateCreated.policy = structuredClone(policy);
  use.digest = digest(given.template);
}

/** Numbers and chains the events anew, and recomputes what they commit to. */
function reseal(given: Loose, how: Parameters<typeof forge>[1] & { readonly reliedOn: readonly string[] }): void {
  const { controlBundle } = given;
  const events: Loose[] = controlBundle.events;
  const digests = new Map<string, string>();
  const requestDigest = requestDigestOf(given);
  let previous = "";
  for (const [seq, event] of events.entries()) {
    if (seq === 0) delete event.seq;
    else event.seq = seq;
    if (seq === 0) delete event.previousDigest;
    else event.previousDigest = previous;
    if (event.approvalGranted !== undefined && how.keepRequestDigests !== true)
      event.approvalGranted.requestDigest = requestDigest;
    if (event.approvalGranted !== undefined) how.atApproval?.(event.approvalGranted, seq);
    if (event.executionRequested !== undefined) {
      const gate = event.executionRequested;
      gate.policyDigest = digest(body(given, "policyAttached")?.policy ?? {});
      gate.approvalDigests = how.reliedOn.flatMap((id) => digests.get(id) ?? []);
      if (gate.approvalDigests.length === 0) delete gate.approvalDigests;
      gate.routerRequestDigest = digest(runRequest(given, gate));
      how.atGate?.(gate, given);
    }
    previous = digest(event);
    digests.set(event.eventId, previous);
  }
  controlBundle.headDigest = previous;
}

export function requestDigestOf(given: Loose): string {
  const decisionCreated = body(given, "decisionCreated") ?? {};
  const policyAttached = body(given, "policyAttached") ?? {};
  return digest({ decisionId: given.controlBundle.decisionId, decisionCreated, policyAttached });
}

/** What the router has to have been asked. */
export function runRequest(given: Loose, { adapterId, mode, approvalDigests }: Loose): Loose {
  const { goal, plan, labels } = body(given, "decisionCreated") ?? {};
  const { policy = {} } = body(given, "policyAttached") ?? {};
  const request = {
    decisionId: given.controlBundle.decisionId,
    adapterId,
    mode,
    goal,
    plan,
    labels,
    maxSteps: policy.maxSteps,
    requestDigest: requestDigestOf(given),
    policyDigest: digest(policy),
    approvalDigests,
  };
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}

/** Makes the link and the router section follow from the events, as far as they have a gate and a run. */
export function relink(given: Loose): void {
  const { controlBundle, router, link } = given;
  const gateEvent = controlBundle.events.find((event: Loose) => event.executionRequested !== undefined);
  const gate = gateEvent?.executionRequested ?? {};
  const outcome = body(given, "executionCompleted") ?? body(given, "executionFailed") ?? {};
  const follows = {
    decisionId: controlBundle.decisionId,
    runId: outcome.runId,
    adapterId: gate.adapterId,
    mode: gate.mode,
    requestDigest: requestDigestOf(given),
    policyDigest: digest(body(given, "policyAttached")?.policy ?? {}),
    approvalDigests: gate.approvalDigests,
    executionRequestedDigest: gateEvent === undefined ? undefined : digest(gateEvent),
    routerRequestDigest: gate.routerRequestDigest,
    routerDigest: outcome.routerDigest,
  };
  assign(link, follows);
  assign(router, { runId: outcome.runId, adapterId: gate.adapterId, routerDigest: outcome.routerDigest });
}

/** Recomputes the outer digests of whatever the parts are now. */
export function rebind(given: Loose): void {
  const { packageVersion, controlBundle, router, link } = given;
  given.controlDigest = digest(controlBundle);
  given.linkDigest = digest(link);
  const { controlDigest, linkDigest } = given;
  const { routerDigest } = router;
  given.bindingDigest = digest({
    packageVersion,
    controlDigest,
    linkDigest,
    ...(routerDigest === undefined ? {} : { routerDigest }),
  });
}

/** The first body of a type. */
export function body({ controlBundle }: Loose, name: string): Loose {
  return controlBundle.events.find((event: Loose) => event[name] !== undefined)?.[name];
}

function assign(target: Loose, values: Loose): void {
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) delete target[key];
    else target[key] = structuredClone(value);
  }
}

/** The names of the checks that end with a status. */
export function checksThat(status: "PASS" | "FAIL" | "NOT_CHECKED", file: string | Uint8Array): readonly string[] {
  const bytes = typeof file === "string" ? bytesOf(file) : file;
  return verifyAuditPackage(bytes)
    .checks.filter((check) => check.status === status)
    .map(({ name }) => name);
}
