import { ACTOR, BODIES, ENVELOPE, LABEL, MODES, POLICY } from "./decision-fields.js";
import { bytes, inOrderOfKey, list, message, name, number, required, text, time } from "./schema.js";

export const EVENT = message({
  eventId: required(text),
  decisionId: text,
  seq: number,
  occurredAt: required(time),
  actor: required(ACTOR),
  delegate: ACTOR,
  requestId: text,
  previousDigest: text,
  ...BODIES,
});

export const CONTROL_BUNDLE = message({ bundleVersion: text, decisionId: text, events: list(EVENT), headDigest: text });

export const ROUTER_SECTION = message({
  mode: name("PACKAGE_MODE_REFERENCE", "PACKAGE_MODE_EMBEDDED"),
  runId: text,
  adapterId: text,
  routerDigest: text,
  runBundle: bytes,
  runBundleMediaType: text,
});

export const LINK = message({
  decisionId: text,
  runId: text,
  adapterId: text,
  mode: name(...MODES),
  requestDigest: text,
  policyDigest: text,
  approvalDigests: list(text),
  executionRequestedDigest: text,
  routerRequestDigest: text,
  routerDigest: text,
});

export const TEMPLATE_EVENT = message({
  eventId: required(text),
  name: text,
  occurredAt: required(time),
  actor: required(ACTOR),
  delegate: ACTOR,
  requestId: text,
  templateCreated: required(
    message({ policy: required(POLICY), matchLabels: inOrderOfKey(list(LABEL)), description: text }),
  ),
});

export const PACKAGE = message({
  packageVersion: text,
  controlBundle: CONTROL_BUNDLE,
  controlDigest: text,
  router: ROUTER_SECTION,
  link: LINK,
  linkDigest: text,
  bindingDigest: text,
  signature: ENVELOPE,
  template: TEMPLATE_EVENT,
});
