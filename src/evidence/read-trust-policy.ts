import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import {
  AcceptedBreakGlass,
  TrustPolicySchema,
  type TrustedApproverKey as WireApproverKey,
  type TrustedRouterKey as WireRouterKey,
  type TrustedServerKey as WireServerKey,
  type TrustPolicy as WireTrustPolicy,
} from "../../gen/ts/nexus/attest/v1/trust_policy_pb.ts";
import { fromWireActor } from "../codec/actor.ts";
import { type Json, parseJson } from "../codec/canonical-json.ts";
import { fromTimestamp } from "../codec/timestamp.ts";
import { MAX_GUARDRAILS } from "../domain/guardrail.ts";
import type { Digest, Instant } from "../domain/ids.ts";
import { isDigest } from "./digest.ts";
import { inspect, isTime } from "./proto-json.ts";
import { type PublicKey, readPublicKey } from "./public-key.ts";
import {
  actorKey,
  type TrustedApproverKey,
  type TrustedRouterKey,
  type TrustedServerKey,
  type TrustPolicy,
} from "./trust-policy.ts";
import { CHECKS, type CheckName } from "./verification-report.ts";

export const TRUST_POLICY_VERSION = "nexus.attest/trust-policy/v1";

/** Largest trust policy, in bytes. */
export const MAX_TRUST_POLICY_BYTES = 1024 * 1024;

/** Most keys of servers, of approvers and of routers, and most adapters of a router's key. */
export const MAX_TRUSTED_KEYS = 1_000;

const MAX_NAME = 256;

/** Length of a time up to its seconds: the fraction and the zone follow. */
const LOCAL_TIME = "YYYY-MM-DDThh:mm:ss".length;

/** A trust policy that is not as it must be. The message says where and why. */
export class UnusableTrustPolicy extends Error {
  override readonly name = "UnusableTrustPolicy";
}

/**
 * Reads a trust policy from its file: ProtoJSON of TrustPolicy. Nothing in it is passed over: who writes a rule that is not understood would think it was kept.
 *
 * Takes about a millisecond a key, which has to be shown to be safe to believe.
 *
 * @throws {UnusableTrustPolicy}
 */
export function readTrustPolicy(text: string): TrustPolicy {
  // Each unit is a byte at least.
  if (text.length > MAX_TRUST_POLICY_BYTES)
    throw new UnusableTrustPolicy(`it is larger than ${MAX_TRUST_POLICY_BYTES} bytes`);
  return orUnusable(() => {
    const json = parseJson(text);
    const wire = decode(json);
    assertTimes(json, "");
    if (membersWritten(text) !== membersOf(json)) throw new UnusableTrustPolicy("a name stands twice in one object");
    return trustPolicyOf(wire);
  });
}

function decode(json: Json): WireTrustPolicy {
  try {
    return fromJson(TrustPolicySchema, json as JsonValue);
  } catch (cause) {
    // The library says what is wrong, of something within a list not where.
    const { wrongType, wrongValue, unknown } = inspect(TrustPolicySchema, json);
    const place = wrongType ?? unknown.paths[0] ?? wrongValue;
    throw new UnusableTrustPolicy(`${place === undefined ? "" : `${cut(place)}: `}${cut((cause as Error).message)}`, {
      cause,
    });
  }
}

const TIMES = new Set(["notBefore", "not_before", "notAfter", "not_after", "revokedAt", "revoked_at"]);

/** Refuses a day or an hour that does not exist. The library carries it over, 30 February into March, and a key would be believed for longer than anybody wrote. */
function assertTimes(json: Json, at: string): void {
  if (typeof json !== "object" || json === null) return;
  for (const [name, value] of Object.entries(json as Readonly<Record<string, Json>>)) {
    const place = Array.isArray(json) ? `${at}[${name}]` : at === "" ? name : `${at}.${name}`;
    if (TIMES.has(name) && typeof value === "string" && !isTime(`${value.slice(0, LOCAL_TIME)}Z`))
      throw new UnusableTrustPolicy(`${cut(place)}: ${cut(value)} is no time that there is`);
    assertTimes(value, place);
  }
}

function trustPolicyOf(wire: WireTrustPolicy): TrustPolicy {
  if (wire.policyVersion !== TRUST_POLICY_VERSION)
    throw new UnusableTrustPolicy(`policyVersion is not "${TRUST_POLICY_VERSION}"`);
  const bounds = boundsOf(wire, "");
  const requiredChecks = requiredOf(wire.requiredChecks);
  for (const list of ["serverKeys", "approverKeys", "routerKeys"] as const) assertDistinct(wire[list], list);
  return {
    serverKeys: wire.serverKeys.map((key, index) => serverKeyOf(key, `serverKeys[${index}]`)),
    approverKeys: approverKeysOf(wire.approverKeys),
    routerKeys: wire.routerKeys.map((key, index) => routerKeyOf(key, `routerKeys[${index}]`)),
    requiredChecks,
    requiredGuardrails: guardrailsOf(wire.requiredGuardrails),
    acceptedBreakGlass: acceptedOf(wire.acceptedBreakGlass),
    ...bounds,
  };
}

/** Looked at before any key is, which takes longer. */
function assertDistinct(keys: readonly { readonly publicKey: Uint8Array }[], list: string): void {
  if (keys.length > MAX_TRUSTED_KEYS)
    throw new UnusableTrustPolicy(`${list} holds ${keys.length} keys; ${MAX_TRUSTED_KEYS} at most`);
  const places = new Map<string, number>();
  for (const [index, { publicKey }] of keys.entries()) {
    const text = publicKey.toHex();
    const before = places.get(text);
    if (before !== undefined)
      throw new UnusableTrustPolicy(
        `${list}[${index}].publicKey is that of ${list}[${before}]: a key stands for one party`,
      );
    places.set(text, index);
  }
}

function serverKeyOf(wire: WireServerKey, at: string): TrustedServerKey {
  return { name: nameOf(wire, at), ...publicKeyOf(wire, at), ...boundsOf(wire, at) };
}

function routerKeyOf(wire: WireRouterKey, at: string): TrustedRouterKey {
  const { adapterIds } = wire;
  const distinct = new Set(adapterIds);
  if (distinct.size === 0)
    throw new UnusableTrustPolicy(`${at}.adapterIds is empty: the key could speak for no adapter`);
  if (adapterIds.length > MAX_TRUSTED_KEYS)
    throw new UnusableTrustPolicy(`${at}.adapterIds holds ${adapterIds.length}; ${MAX_TRUSTED_KEYS} at most`);
  if (distinct.size < adapterIds.length || distinct.has(""))
    throw new UnusableTrustPolicy(`${at}.adapterIds holds an adapter twice, or one without a name`);
  return { name: nameOf(wire, at), adapterIds: distinct, ...publicKeyOf(wire, at), ...boundsOf(wire, at) };
}

function approverKeysOf(keys: readonly WireApproverKey[]): TrustPolicy["approverKeys"] {
  const byApprover = new Map<string, TrustedApproverKey[]>();
  for (const [index, wire] of keys.entries()) {
    const at = `approverKeys[${index}]`;
    const approver = fromWireActor(wire.approver, `${at}.approver`);
    const { notBefore, notAfter: revokedAt } = boundsOf(
      { notBefore: wire.notBefore, notAfter: wire.revokedAt },
      at,
      "revokedAt",
    );
    const theirs = byApprover.get(actorKey(approver)) ?? [];
    byApprover.set(actorKey(approver), [...theirs, { approver, ...publicKeyOf(wire, at), notBefore, revokedAt }]);
  }
  return byApprover;
}

function publicKeyOf({ publicKey }: { readonly publicKey: Uint8Array }, at: string): PublicKey {
  const key = readPublicKey(publicKey);
  if ("problem" in key) throw new UnusableTrustPolicy(`${at}.publicKey: ${key.problem}`);
  return key;
}

function nameOf({ name }: { readonly name: string }, at: string): string {
  // Code points, as the schema counts them.
  if (Array.from(name).length > MAX_NAME)
    throw new UnusableTrustPolicy(`${at}.name is longer than ${MAX_NAME} characters`);
  return name;
}

function boundsOf(
  wire: { readonly notBefore?: Timestamp | undefined; readonly notAfter?: Timestamp | undefined },
  at: string,
  end = "notAfter",
): { readonly notBefore: Instant | undefined; readonly notAfter: Instant | undefined } {
  const place = (field: string) => (at === "" ? field : `${at}.${field}`);
  const notBefore = wire.notBefore === undefined ? undefined : fromTimestamp(wire.notBefore, place("notBefore"));
  const notAfter = wire.notAfter === undefined ? undefined : fromTimestamp(wire.notAfter, place(end));
  if (notBefore !== undefined && notAfter !== undefined && notAfter <= notBefore)
    throw new UnusableTrustPolicy(`${place(end)} is not after notBefore: nothing could be believed`);
  return { notBefore, notAfter };
}

function requiredOf(names: readonly string[]): readonly CheckName[] {
  for (const [index, name] of names.entries()) {
    const at = `requiredChecks[${index}]`;
    if (!Object.hasOwn(CHECKS, name))
      throw new UnusableTrustPolicy(`${at}: this verifier has no check ${JSON.stringify(name)}`);
    if (name === "required_checks") throw new UnusableTrustPolicy(`${at}: required_checks cannot require itself`);
    if (names.indexOf(name) < index) throw new UnusableTrustPolicy(`${at}: ${name} stands twice`);
  }
  return names as readonly CheckName[];
}

function guardrailsOf(digests: readonly string[]): readonly Digest[] {
  if (digests.length > MAX_GUARDRAILS)
    throw new UnusableTrustPolicy(`requiredGuardrails holds ${digests.length}; ${MAX_GUARDRAILS} at most`);
  for (const [index, digest] of digests.entries()) {
    const at = `requiredGuardrails[${index}]`;
    if (!isDigest(digest)) throw new UnusableTrustPolicy(`${at} is no digest, sha256: and 64 hexadecimal digits`);
    if (digests.indexOf(digest) < index) throw new UnusableTrustPolicy(`${at} stands twice`);
  }
  return digests as readonly Digest[];
}

function acceptedOf(wire: AcceptedBreakGlass): TrustPolicy["acceptedBreakGlass"] {
  switch (wire) {
    case AcceptedBreakGlass.UNSPECIFIED:
      return "NONE";
    case AcceptedBreakGlass.REVIEWED:
      return "REVIEWED";
    case AcceptedBreakGlass.ALL:
      return "ALL";
    default:
      throw new UnusableTrustPolicy("acceptedBreakGlass is none that this verifier knows");
  }
}

/** How many members the objects of a JSON text have as written: colons outside strings. */
function membersWritten(text: string): number {
  return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, "").split(":").length - 1;
}

/** How many they have as parsed, which drops those that stand twice. Of something that was decoded, which is nested a few levels deep. */
function membersOf(json: Json): number {
  if (typeof json !== "object" || json === null) return 0;
  const inner = Object.values(json as Readonly<Record<string, Json>>);
  return inner.reduce<number>((sum, value) => sum + membersOf(value), Array.isArray(json) ? 0 : inner.length);
}

/** Longest words about what is wrong, in characters: libraries quote what they got. */
const MAX_WORDS = 300;

function orUnusable<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof UnusableTrustPolicy) throw cause;
    throw new UnusableTrustPolicy(cut((cause as Error).message), { cause });
  }
}

function cut(words: string): string {
  return words.length <= MAX_WORDS ? words : `${words.slice(0, MAX_WORDS).toWellFormed()}…`;
}
