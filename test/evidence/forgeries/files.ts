import { bytesOf, EMBEDDED, EVENT, forge, type Loose, REFERENCE, tamper } from "./forger.ts";
import type { Forgery } from "./forgery.ts";

const bytes = (...values: readonly number[]) => Uint8Array.from(values);
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
/** A field that no schema knows, so that what is in it is looked at for its form only. */
const withNote = (json: string) => REFERENCE.replace("{", `{"a":${json},`);

/** A package with so many brackets that open and commas, outside strings, and a name that could be taken for some. */
export function withParts(count: number): string {
  const own = REFERENCE.replaceAll(/"(?:[^"\\]|\\.)*"/g, "").match(/[{[,]/g)?.length ?? 0;
  return REFERENCE.replace("{", `{"\\"[{,\\"":[0${",0".repeat(count - own - 2)}],`);
}

/** Bytes of the package that are more than its UTF-16 code units. */
const BEYOND_ASCII = bytesOf(REFERENCE).length - REFERENCE.length;

/** Files that are no package at all. */
export const NO_PACKAGES: readonly Forgery[] = [
  { what: "nothing", make: () => "" },
  { what: "a list", make: () => "[]" },
  { what: "a text", make: () => JSON.stringify(EMBEDDED) },
  { what: "half a package", make: () => EMBEDDED.slice(0, EMBEDDED.length / 2) },
  { what: "an object of another kind", make: () => "{}" },
  { what: "a package behind a byte order mark", make: () => bytes(0xef, 0xbb, 0xbf, ...bytesOf(EMBEDDED)) },
  { what: "text that is not UTF-8", make: () => bytes(...bytesOf(EMBEDDED), 0xff) },
  { what: "a surrogate written as three bytes", make: () => withBytes(0xed, 0xa0, 0x80) },
  { what: "half a surrogate pair in a text", make: () => withNote('"\\ud800"') },
  { what: "half a surrogate pair in a name", make: () => withNote('{"\\udc00":1}') },
  { what: "a number beyond all numbers", make: () => withNote("1e400") },
  { what: "NaN", make: () => withNote("NaN") },
  { what: "a comment", make: () => `${REFERENCE}// good` },
  { what: "two packages", make: () => REFERENCE + REFERENCE },
  { what: "a file one byte too large", make: () => REFERENCE.padStart(64 * 1024 * 1024 + 1 - BEYOND_ASCII) },
  { what: "nesting one level too deep", make: () => withNote(nested(64)) },
  { what: "one part too many", make: () => withParts(2_000_001) },
  { what: "a later version", make: () => forge((given) => (given.packageVersion = "nexus.attest/audit-package/v2")) },
  { what: "no version", make: () => forge((given) => delete given.packageVersion) },
  { what: "a later bundle version", make: () => forge(({ controlBundle }) => (controlBundle.bundleVersion = "v2")) },
  { what: "no control bundle", make: () => tamper((given) => delete given.controlBundle) },
  { what: "no router section", make: () => tamper((given) => delete given.router) },
  { what: "no link", make: () => tamper((given) => delete given.link) },
  { what: "no events", make: () => tamper(({ controlBundle }) => delete controlBundle.events) },
  { what: "an empty log", make: () => tamper(({ controlBundle }) => (controlBundle.events = [])) },
  {
    what: "10,001 events",
    make: () => tamper(({ controlBundle }) => (controlBundle.events = Array.from({ length: 10_001 }, () => ({})))),
  },
  ...Object.entries<(given: Loose, events: Loose[]) => void>({
    "a text that is null": (_, events) => (events[0].requestId = null),
    "a message that is null": (_, events) => (events[0].delegate = null),
    "a list that is null": (_, events) => (events[0].decisionCreated.labels = null),
    "an enum by its number": ({ link }) => (link.mode = 2),
    "a number in quotes": (_, events) => (events[1].seq = "1"),
    "a flag in quotes": (_, events) => (events[1].policyAttached.policy.humansOnly = "true"),
    "a flag as a number": (_, events) => (events[1].policyAttached.policy.humansOnly = 1),
    "a text as a number": ({ router }) => (router.runId = 1),
    "a server's id as a number": (_, events) => (events[EVENT.start].executionStarted.serverId = 1),
    "a list as an object": (_, events) => (events[1].policyAttached.policy.groups = { 0: {} }),
    "an object as a list": ({ router }) => (router.runBundle = []),
    "a message as a list": (given) => (given.router = []),
    "a text in place of a list of texts": ({ link }) => (link.approvalDigests = link.approvalDigests.join(" ")),
    "a time as a number": (_, events) => (events[0].occurredAt = 1_795_597_200),
    "an event as a text": (_, events) => (events[3] = JSON.stringify(events[3])),
    "a body as a text": (_, events) => (events[EVENT.start].executionStarted = ""),
  }).map(([what, change]) => ({ what, make: () => tamper((given) => change(given, given.controlBundle.events)) })),
].map((forgery) => ({ ...forgery, fails: ["format"] }));

function withBytes(...inside: readonly number[]): Uint8Array {
  const [before = "", after = ""] = withNote('"|"').split("|");
  return bytes(...bytesOf(before), ...inside, ...bytesOf(after));
}

/** Packages that say the same in another writing. */
export const REWRITTEN: readonly Forgery[] = [
  { what: "a line break at the end", make: () => `${EMBEDDED}\n` },
  { what: "a space", make: () => EMBEDDED.replace("{", "{ ") },
  { what: "indentation", make: () => JSON.stringify(JSON.parse(EMBEDDED), undefined, 2) },
  { what: "names in another order", make: () => JSON.stringify(reversed(JSON.parse(EMBEDDED))) },
  { what: "a name twice, with the true value last", make: () => EMBEDDED.replace("{", '{"bindingDigest":"sha256:0",') },
  { what: "an escape where none is needed", make: () => EMBEDDED.replace("erin@", "\\u0065rin@") },
  { what: "an escaped solidus", make: () => EMBEDDED.replace("nexus.attest/", "nexus.attest\\/") },
  { what: "a number with a fraction", make: () => EMBEDDED.replace('"seq":1}', '"seq":1.0}') },
  { what: "a number with an exponent", make: () => EMBEDDED.replace('"seq":1}', '"seq":10e-1}') },
  { what: "minus zero in an unknown field", make: () => withNote("-0") },
  { what: "more digits than a double holds", make: () => withNote("12345678901234567890") },
].map((forgery) => ({ ...forgery, fails: ["canonical_form"] }));

function reversed(value: Loose): Loose {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, each]) => [key, reversed(each)]),
  );
}

const signed = (signature: Loose) => tamper((given) => (given.signature = signature));

/** Values that ProtoJSON does not write, outside the events. */
export const MISWRITTEN: readonly Forgery[] = [
  { what: "an empty list", make: () => signed({ signatures: [] }) },
  { what: "an empty text", make: () => signed({ payloadType: "" }) },
  { what: "empty bytes", make: () => signed({ payload: "" }) },
  { what: "base64 without padding", make: () => signed({ payload: "AA" }) },
  { what: "base64 with unused bits set, one byte", make: () => signed({ payload: "AB==" }) },
  { what: "base64 with other unused bits set, one byte", make: () => signed({ payload: "AI==" }) },
  { what: "base64 with unused bits set, two bytes", make: () => signed({ payload: "AAB=" }) },
  { what: "base64 of the other alphabet", make: () => signed({ payload: "-_-_" }) },
  { what: "base64 with a line break", make: () => signed({ payload: "AAA\n" }) },
  { what: "base64 padded within", make: () => signed({ signatures: [{ sig: "AA==AAAA" }] }) },
]
  // A signature that cannot be read is none.
  .map((forgery): Forgery => ({ ...forgery, fails: ["proto_json", "server_signature"] }))
  .concat({
    what: "an empty text where one may be absent",
    make: () =>
      forge(({ router }, events) => {
        delete events[EVENT.outcome].executionCompleted.routerMediaType;
        router.runBundleMediaType = "";
      }),
    fails: ["proto_json"],
  });

const POLICY = (events: Loose[]) => events[1].policyAttached.policy;

/** Events that cannot be read, though they are written as ProtoJSON writes them. */
const UNREADABLE: Record<string, (events: Loose[]) => void> = {
  "no body": (events) => delete events[EVENT.start].executionStarted,
  "a body of a type of later": (events) => rename(events[EVENT.start], "executionStarted", "executionPaused"),
  "two bodies": (events) => (events[EVENT.frank].decisionRejected = {}),
  "no event id": (events) => delete events[3].eventId,
  "no time": (events) => delete events[3].occurredAt,
  "a time under its other name": (events) => rename(events[3], "occurredAt", "occurred_at"),
  "no actor": (events) => delete events[3].actor,
  "an actor without id": (events) => delete events[3].actor.id,
  "an actor without type": (events) => delete events[3].actor.type,
  "a delegate without id": (events) => delete events[0].delegate.id,
  "a request without mode": (events) => delete events[0].decisionCreated.mode,
  "a step without call": (events) => delete events[0].decisionCreated.plan.steps[1].call,
  "labels out of order": (events) => events[0].decisionCreated.labels.unshift({ key: "zone" }),
  "a revocation of nobody's": (events) => delete events[EVENT.revocation].approvalRevoked.approver,
  "a gate without mode": (events) => delete events[EVENT.gate].executionRequested.mode,
  "a settlement on nobody's word": (events) => (events[EVENT.outcome].executionCompleted.settlement = {}),
  "a policy attached without a policy": (events) => (events[1].policyAttached = {}),
  "a template without its policy": (events) => delete events[1].policyAttached.template.templatePolicy,
  "a policy that wants nobody's approval": (events) => delete POLICY(events).minApprovals,
  "a policy that wants 101 approvals": (events) => (POLICY(events).minApprovals = 101),
  "a group that wants nobody's approval": (events) => delete POLICY(events).groups[0].minApprovals,
  "a group that wants 101 approvals": (events) => (POLICY(events).groups[0].minApprovals = 101),
  "a group twice": (events) => POLICY(events).groups.push({ group: "security", minApprovals: 1 }),
  "17 groups": (events) => (POLICY(events).groups = groups(17)),
};

/** Values in events that ProtoJSON does not write. */
const MISWRITTEN_EVENTS: Record<string, (events: Loose[]) => void> = {
  "an empty text": (events) => (events[1].delegate = { type: "ACTOR_TYPE_SYSTEM", id: "" }),
  "a zero": (events) => (POLICY(events).maxSteps = 0),
  "a false": (events) => (POLICY(events).allowSelfApproval = false),
  "an empty list": (events) => (events[EVENT.frank].approvalGranted.groups = []),
  "a number with a fraction": (events) => (POLICY(events).maxSteps = 5.5),
  "a negative number": (events) => (POLICY(events).maxSteps = -5),
  "a number of 33 bits": (events) => (POLICY(events).maxSteps = 2 ** 32 + 5),
  "an enum that is unknown": (events) => (events[3].actor.type = "ACTOR_TYPE_ROBOT"),
  "an enum's unspecified value": (events) => (events[3].actor.type = "ACTOR_TYPE_UNSPECIFIED"),
  "an unknown mode among those allowed": (events) => POLICY(events).allowedModes.push("MODE_BOTH"),
  "an unspecified mode among those allowed": (events) => POLICY(events).allowedModes.push("MODE_UNSPECIFIED"),
  "a time with an offset": (events) => (events[3].occurredAt = "2026-11-25T10:20:00+01:00"),
  "a time in microseconds": (events) => (events[3].occurredAt = "2026-11-25T09:20:00.000001Z"),
  "a time with needless zeros": (events) => (events[3].occurredAt = "2026-11-25T09:20:00.000Z"),
  "a time with one digit of milliseconds": (events) => (events[3].occurredAt = "2026-11-25T09:20:00.5Z"),
  "a date that does not exist": (events) => (events[3].occurredAt = "2026-02-30T09:20:00Z"),
  "midnight as 24 o'clock": (events) => (events[3].occurredAt = "2026-11-25T24:00:00Z"),
  "a leap second": (events) => (events[3].occurredAt = "2026-12-31T23:59:60Z"),
  "the year 0": (events) => (events[3].occurredAt = "0000-11-25T09:20:00Z"),
  "a year of five digits": (events) => (events[3].occurredAt = "+12026-11-25T09:20:00Z"),
  "a time in lower case": (events) => (events[3].occurredAt = "2026-11-25t09:20:00z"),
};

/** Digests made good: only what the event itself says is wrong. */
export const BAD_EVENTS: readonly Forgery[] = [
  ...Object.entries(UNREADABLE).map(
    ([what, change]): Forgery => ({ what, make: () => unlinked(change), fails: ["event_schema"] }),
  ),
  ...Object.entries(MISWRITTEN_EVENTS).map(
    ([what, change]): Forgery => ({ what, make: () => unlinked(change), fails: ["proto_json", "event_schema"] }),
  ),
];

/** The link and the router section are left as they are: nothing is judged by an event that cannot be read. */
function unlinked(change: (events: Loose[]) => void): string {
  const { link, router } = JSON.parse(EMBEDDED);
  return forge((_, events) => change(events), {
    keepTemplate: true,
    atEnd: (given) => {
      given.link = link;
      given.router = router;
    },
  });
}

function rename(object: Loose, from: string, to: string): void {
  object[to] = object[from];
  delete object[from];
}

function groups(count: number): Loose[] {
  return Array.from({ length: count }, (_, index) => ({ group: `group-${index}`, minApprovals: 1 }));
}
