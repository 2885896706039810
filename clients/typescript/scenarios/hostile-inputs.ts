// What no package should be, and what becomes of good ones that somebody changed: the verifier gives a report whatever the bytes are, and what it calls
// authentic is what the server signed.
//   hostile-inputs.ts [CHANGES]     how many changes by chance to try of each kind
import { readFileSync } from "node:fs";
import { type Report, readTrustPolicy, UnusableTrustPolicy, verify } from "@nexus-attest/client/verify";
import { type Chance, chanceOf, changedByte, changedField, someJson } from "./changes.ts";

const MIB = 1024 * 1024;
const CHANGES = Number(process.argv[2] ?? 10_000);
const SEED = 20_261_126;

const folder = new URL("../../../testdata/audit-packages/", import.meta.url);
const read = (file: string) => new Uint8Array(readFileSync(new URL(file, folder)));
const good = read("good/embedded.json");
const text = new TextDecoder().decode(good);
const policy = read("trust/everybody.json");
const everybody = readTrustPolicy(policy);
const server = readTrustPolicy(read("trust/server.json"));

const utf8 = (words: string) => new TextEncoder().encode(words);
/** Good bytes with some of them exchanged for others. */
const exchanged = (from: string, to: string | readonly number[]): Uint8Array => {
  const [before = "", after = ""] = text.split(from, 2);
  const rest = text.slice(before.length + from.length);
  check(text !== after && text.includes(from), `there is no ${from}`);
  return new Uint8Array([...utf8(before), ...(typeof to === "string" ? utf8(to) : to), ...utf8(rest)]);
};
const nested = (depth: number) => `{"x":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)},${text.slice(1)}`;
const unknown = (value: string) => `${text.slice(0, -1)},"zzz":${value}}`;
const goal = /"goal":"./.exec(text)?.[0] ?? "";

/** What is no package at all: nothing but its format is judged. */
const NO_PACKAGE: readonly (readonly [string, () => Uint8Array])[] = [
  ["nothing", () => new Uint8Array()],
  ["a zero", () => new Uint8Array(1)],
  ["null", () => utf8("null")],
  ["a list", () => utf8("[]")],
  ["an empty object", () => utf8("{}")],
  ["a text", () => utf8('"{}"')],
  ["a byte order mark before it", () => utf8(`\ufeff${text}`)],
  ["UTF-16", () => new Uint8Array(Buffer.from(text, "utf16le"))],
  ["UTF-16 with its mark", () => new Uint8Array(Buffer.from(`\ufeff${text}`, "utf16le"))],
  ["cut short", () => good.subarray(0, -1)],
  ["twice", () => utf8(text + text)],
  ["a zero behind it", () => utf8(`${text}\0`)],
  ["a byte that is no UTF-8", () => exchanged(goal, [...utf8(goal), 0xff])],
  ["an overlong slash", () => exchanged(goal, [...utf8(goal), 0xc0, 0xaf])],
  ["a surrogate in UTF-8", () => exchanged(goal, [...utf8(goal), 0xed, 0xa0, 0x80])],
  ["half of a pair", () => exchanged(goal, `${goal}\\ud83d`)],
  ["the other half of a pair", () => exchanged(goal, `${goal}\\udd12`)],
  ["a pair the wrong way around", () => exchanged(goal, `${goal}\\udd12\\ud83d`)],
  ["half of a pair in a name", () => utf8(unknown('{"\\udead":1}'))],
  ["an infinite number", () => utf8(unknown("1e400"))],
  ["a negative infinite number", () => utf8(unknown("[-1e999]"))],
  ["NaN", () => utf8(unknown("NaN"))],
  ["Infinity", () => utf8(unknown("Infinity"))],
  ["a number with a plus", () => utf8(unknown("+1"))],
  ["a number that begins with 0", () => utf8(unknown("01"))],
  ["a number that begins with a point", () => utf8(unknown(".5"))],
  ["a hexadecimal number", () => utf8(unknown("0x1"))],
  ["a comma at the end", () => utf8(unknown("[1,]"))],
  ["a comment", () => utf8(unknown("1/**/"))],
  ["a line break in a text", () => utf8(unknown('"\n"'))],
  ["65 deep", () => utf8(nested(65))],
  ["a million deep", () => utf8("[".repeat(1_000_000))],
  ["objects a million deep", () => utf8('{"a":'.repeat(1_000_000))],
  ["64 MiB of brackets", () => new Uint8Array(64 * MIB).fill(0x5b)],
  ["64 MiB of commas", () => new Uint8Array(64 * MIB).fill(0x2c)],
  ["64 MiB of quotation marks", () => new Uint8Array(64 * MIB).fill(0x22)],
  ["more than 64 MiB", () => utf8(text + " ".repeat(64 * MIB))],
  ["200 MiB", () => new Uint8Array(200 * MIB)],
  ["more than 2,000,000 elements", () => utf8(unknown(`[${"0,".repeat(2_000_000)}0]`))],
  ["a null", () => exchanged('"goal":', '"goal":null,"other":')],
  ["a package version that every object has", () => utf8('{"packageVersion":{"toString":1}}')],
];

/** What is a package, and neither authentic nor what was signed; the check that has to say so. */
const CHANGED: readonly (readonly [string, string, () => Uint8Array])[] = [
  ["a space at the end", "canonical_form", () => utf8(`${text} `)],
  ["a line break at the end", "canonical_form", () => utf8(`${text}\n`)],
  ["a name twice, the same value", "canonical_form", () => utf8(`${text.slice(0, -1)},${text.slice(1)}`)],
  ["a letter as an escape", "canonical_form", () => exchanged('"packageVersion"', '"\\u0070ackageVersion"')],
  ["1.0 for 1", "canonical_form", () => exchanged('"seq":1}', '\"seq\":1.0}')],
  ["1e0 for 1", "canonical_form", () => exchanged('"seq":1}', '\"seq\":1e0}')],
  ["10E-1 for 1", "canonical_form", () => exchanged('"seq":1}', '\"seq\":10E-1}')],
  [
    "a number that is 1 to the nearest double",
    "canonical_form",
    () => exchanged('"seq":1}', '\"seq\":1.00000000000000001}'),
  ],
  ["minus nothing", "canonical_form", () => utf8(unknown("-0"))],
  ["half a number", "proto_json", () => exchanged('"seq":1}', '\"seq\":1.5}')],
  ["a number that is too large", "proto_json", () => exchanged('"seq":1}', '\"seq\":4294967296}')],
  ["a negative number", "proto_json", () => exchanged('"seq":1}', '\"seq\":-1}')],
  ["a field that nobody knows", "unknown_fields", () => utf8(unknown("1"))],
  ["a field named __proto__", "unknown_fields", () => utf8(`{"__proto__":{"packageVersion":"x"},${text.slice(1)}`)],
  ["a field named constructor", "unknown_fields", () => utf8(`{"constructor":1,${text.slice(1)}`)],
  ["64 deep", "unknown_fields", () => utf8(nested(64))],
  ["a large field that nobody knows", "unknown_fields", () => utf8(unknown(`"${"x".repeat(60 * MIB)}"`))],
  ["as many elements as there may be", "unknown_fields", () => utf8(unknown(`[${"0,".repeat(1_990_000)}0]`))],
];

let passed = 0;
let failed = 0;
tried("the package as it is", () => check(verify(good, everybody).verdict === "AUTHENTIC", "it is not authentic"));
for (const [what, bytes] of NO_PACKAGE)
  tried(what, () => {
    const report = verify(bytes(), everybody);
    check(report.verdict === "BROKEN" && statusOf(report, "format") === "FAIL", report.verdict);
    const judged = report.checks.filter(({ status }) => status !== "NOT_CHECKED").map(({ name }) => name);
    check(judged.join() === "format,required_checks", judged.join());
  });
for (const [what, name, bytes] of CHANGED)
  tried(what, () => {
    const report = verify(bytes(), server);
    check(statusOf(report, "format") === "PASS", "format did not pass");
    check(statusOf(report, name) !== "PASS", `${name} passed`);
    check(report.verdict !== "AUTHENTIC", report.verdict);
  });
tried(`${CHANGES} packages with bytes changed`, () =>
  manyTimes((chance) => neverAuthentic(changedByte(chance, good), everybody)),
);
tried(`${CHANGES} packages with a field changed`, () =>
  manyTimes((chance) => neverAuthentic(utf8(changedField(chance, text)), server)),
);
tried(`${CHANGES} values that are no package`, () =>
  manyTimes((chance) =>
    check(verify(utf8(JSON.stringify(someJson(chance))), everybody).verdict === "BROKEN", "a value is a package"),
  ),
);
tried(`${CHANGES} trust policies with bytes changed`, () =>
  manyTimes((chance) => readOrRefused(changedByte(chance, policy))),
);
tried("a package in memory that threads share", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(good.length));
  shared.set(good);
  check(verify(shared, everybody).verdict === "AUTHENTIC", "it is not authentic");
});
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function tried(what: string, claim: () => void): void {
  try {
    claim();
    passed += 1;
    console.log(`ok    ${what}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${what}: ${error instanceof Error ? error.stack : String(error)}`);
  }
}

function manyTimes(claim: (chance: Chance) => void): void {
  const chance = chanceOf(SEED);
  for (let times = 0; times < CHANGES; times += 1) claim(chance);
}

function neverAuthentic(bytes: Uint8Array, trust: typeof server): void {
  const { verdict } = verify(bytes, trust);
  check(verdict !== "AUTHENTIC" || Buffer.compare(bytes, good) === 0, `authentic: ${new TextDecoder().decode(bytes)}`);
}

function readOrRefused(bytes: Uint8Array): void {
  try {
    readTrustPolicy(bytes);
  } catch (error) {
    if (!(error instanceof UnusableTrustPolicy)) throw error;
  }
}

function statusOf({ checks }: Report, name: string): string | undefined {
  return checks.find((check) => check.name === name)?.status;
}

function check(holds: boolean, why: string): asserts holds {
  if (!holds) throw new Error(why);
}
