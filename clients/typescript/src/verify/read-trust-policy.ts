import { fromBase64 } from "./base64.js";
import { CHECKS, REQUIRED_CHECKS } from "./checks.js";
import { ACTOR } from "./decision-fields.js";
import { isDigest } from "./digest.js";
import { type PublicKey, publicKey } from "./ed25519.js";
import { cut } from "./finding.js";
import { flawsOf } from "./flaws.js";
import { readJson } from "./json.js";
import { bytes, list, message, name, required, type Shape, text, time } from "./schema.js";
import { moment } from "./time.js";
import type { Period, TrustPolicy } from "./trust-policy.js";

export const MAX_TRUST_POLICY_BYTES = 1_048_576;
const POLICY_VERSION = "nexus.attest/trust-policy/v1";
const MAX_KEYS = 1000;
const MAX_ADAPTERS = 1000;
const MAX_NAME = 256;
const MAX_GUARDRAILS = 32;

const NAMED_KEY = { name: text, publicKey: required(bytes), notBefore: time, notAfter: time } as const;
const TRUST_POLICY = message({
  policyVersion: required(text),
  serverKeys: list(message(NAMED_KEY)),
  approverKeys: list(
    message({ approver: required(ACTOR), publicKey: required(bytes), notBefore: time, revokedAt: time }),
  ),
  routerKeys: list(message({ ...NAMED_KEY, adapterIds: required(list(text)) })),
  requiredChecks: list(text),
  requiredGuardrails: list(text),
  acceptedBreakGlass: name("ACCEPTED_BREAK_GLASS_REVIEWED", "ACCEPTED_BREAK_GLASS_ALL"),
  notBefore: time,
  notAfter: time,
});
type GivenPolicy = Shape<typeof TRUST_POLICY>;

/** A trust policy that a verifier does not understand in full. To write a rule that is not understood must not mean to have none. */
export class UnusableTrustPolicy extends Error {
  override readonly name = "UnusableTrustPolicy";

  constructor(why: string) {
    super(cut(why));
  }
}

/** Reads a trust policy, or throws {@link UnusableTrustPolicy} that says what is wrong with it. */
export function readTrustPolicy(file: Uint8Array): TrustPolicy {
  const given = parsed(file);
  const { serverKeys = [], approverKeys = [], routerKeys = [] } = given;
  const { requiredChecks = [], requiredGuardrails = [], acceptedBreakGlass } = given;
  refuseIf(given.policyVersion !== POLICY_VERSION, `policyVersion is not ${POLICY_VERSION}`);
  checkRequired(requiredChecks);
  checkGuardrails(requiredGuardrails);
  return {
    serverKeys: keys("serverKeys", serverKeys, ({ name = "", ...key }, path) => ({
      name: shortName(name, path),
      period: period(key, path),
    })),
    approverKeys: keys("approverKeys", approverKeys, ({ approver = {}, notBefore, revokedAt }, path) => {
      refuseIf(approver.id === "", `${path}.approver.id is empty`);
      return {
        approver: { type: approver.type ?? "", id: approver.id ?? "" },
        period: period({ notBefore, notAfter: revokedAt }, path),
      };
    }),
    routerKeys: keys("routerKeys", routerKeys, ({ name = "", adapterIds = [], ...key }, path) => {
      const count = adapterIds.length;
      refuseIf(count < 1 || count > MAX_ADAPTERS, `${path}.adapterIds are ${count}, not 1 to ${MAX_ADAPTERS}`);
      refuseIf(new Set(adapterIds).size < count, `${path}.adapterIds names an adapter twice`);
      refuseIf(adapterIds.includes(""), `${path}.adapterIds names an adapter without an id`);
      return { name: shortName(name, path), adapterIds, period: period(key, path) };
    }),
    requiredChecks,
    requiredGuardrails,
    acceptedBreakGlass,
    period: period(given, "it"),
  };
}

function parsed(file: Uint8Array): GivenPolicy {
  const read = readJson(new Uint8Array(file.subarray(0, MAX_TRUST_POLICY_BYTES + 1)), MAX_TRUST_POLICY_BYTES);
  if (typeof read === "string") throw new UnusableTrustPolicy(read);
  refuseIf(read.repeatsNames, "a name stands twice in one object");
  const flaws = flawsOf(TRUST_POLICY, read.value, "");
  const flaw = flaws.type ?? flaws.value ?? flaws.missing;
  refuseIf(flaws.unknown !== undefined, `${flaws.unknown} is not a field of it`);
  if (flaw !== undefined) throw new UnusableTrustPolicy(flaw);
  return read.value as GivenPolicy;
}

function checkRequired(names: readonly string[]): void {
  refuseIf(new Set(names).size < names.length, "a required check stands twice");
  for (const name of names)
    refuseIf(
      name === REQUIRED_CHECKS || !CHECKS.some((check) => check.name === name),
      `${JSON.stringify(name)} is no check that can be required`,
    );
}

function checkGuardrails(digests: readonly string[]): void {
  refuseIf(digests.length > MAX_GUARDRAILS, `requiredGuardrails are more than ${MAX_GUARDRAILS}`);
  refuseIf(new Set(digests).size < digests.length, "a required guardrail stands twice");
  refuseIf(!digests.every(isDigest), "a required guardrail is not a digest");
}

/** The keys of a list, each with what else is said of it. */
function keys<G extends { readonly publicKey?: string }, M>(
  path: string,
  given: readonly G[],
  rest: (given: G, path: string) => M,
): (M & { readonly key: PublicKey })[] {
  refuseIf(given.length > MAX_KEYS, `${path} are more than ${MAX_KEYS}`);
  refuseIf(new Set(given.map((each) => each.publicKey)).size < given.length, `a key stands twice in ${path}`);
  return given.map((each, index) => {
    const key = publicKey(fromBase64(each.publicKey ?? "") ?? new Uint8Array());
    if (typeof key === "string") throw new UnusableTrustPolicy(`${path}[${index}].publicKey: ${key}`);
    return { ...rest(each, `${path}[${index}]`), key };
  });
}

function shortName(name: string, path: string): string {
  refuseIf([...name].length > MAX_NAME, `${path}.name is longer than ${MAX_NAME} characters`);
  return name;
}

function period(
  given: { readonly notBefore?: string | undefined; readonly notAfter?: string | undefined },
  path: string,
): Period {
  const notBefore = given.notBefore === undefined ? undefined : moment(given.notBefore);
  const notAfter = given.notAfter === undefined ? undefined : moment(given.notAfter);
  refuseIf(notBefore !== undefined && notAfter !== undefined && notAfter <= notBefore, `${path} ends before it begins`);
  return { notBefore, notAfter };
}

function refuseIf(is: boolean, why: string): void {
  if (is) throw new UnusableTrustPolicy(why);
}
