import { fromBase64 } from "./base64.js";
import type { GivenEnvelope } from "./envelope.js";
import type { Gate } from "./gate.js";
import { isObject, type Json, readJson } from "./json.js";
import type { LogEvent } from "./log.js";

const MAX_PAYLOAD = 32_768;

/**
 * The digest of the decision's last event when an approver looked, which is the one thing that a verifier takes out of a payload. Absent unless it is the digest of an
 * event from POLICY_ATTACHED on, before the approval.
 */
export function seenHead({ history }: Gate, approval: LogEvent, { payload = "" }: GivenEnvelope): string | undefined {
  const bytes = fromBase64(payload);
  const read = bytes === undefined ? undefined : readJson(bytes, MAX_PAYLOAD);
  if (read === undefined || typeof read === "string") return undefined;
  const head = member(member(read.value, "predicate"), "headDigest");
  const from = history.attached?.place ?? Number.POSITIVE_INFINITY;
  return history.events.slice(from, approval.place).find(({ digest }) => digest === head)?.digest;
}

function member(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
