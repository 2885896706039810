import { describe, expect, test } from "vitest";
import { FINDINGS, type FindingName } from "../../src/exchange/findings.ts";
import { readForeignBundle } from "../../src/exchange/read-foreign-bundle.ts";
import { bytesOf, GOLDEN, golden, type Loose, problemWith } from "./golden.ts";

/** What is proven of every file that holds. */
const ALWAYS = ["bundle_digest", "event_digests", "sequence", "header", "lifecycle"] as const;
const RUN = ["quorum", "router_request", "router_link"] as const;

/** Of each file of the original: its status, and what it proves beside what every file does. */
const PROVEN: Readonly<Record<string, readonly [string, ...FindingName[]]>> = {
  "draft.bundle.json": ["DRAFT"],
  "pending.bundle.json": ["PENDING_APPROVAL"],
  "approved.bundle.json": ["APPROVED"],
  "expired.bundle.json": ["PENDING_APPROVAL"],
  "revoked.bundle.json": ["APPROVED"],
  "numbers.bundle.json": ["APPROVED"],
  "template-as-it-is.bundle.json": ["PENDING_APPROVAL", "template"],
  "template.bundle.json": ["COMPLETED", ...RUN, "template"],
  "bare.bundle.json": ["COMPLETED", "quorum", "router_request", "template"],
  "executing.bundle.json": ["EXECUTING", ...RUN],
  "failed.bundle.json": ["FAILED", ...RUN],
  "failed-run.package.json": ["FAILED", ...RUN, "binding"],
  "reference.package.json": ["COMPLETED", ...RUN, "template", "binding", "run_result"],
  "embedded.package.json": ["COMPLETED", ...RUN, "template", "binding", "run_result"],
  "wrapped.package.json": ["COMPLETED", ...RUN, "template", "binding"],
  "other-digest.package.json": ["COMPLETED", ...RUN, "template", "binding"],
  "twice.package.json": ["COMPLETED", ...RUN, "binding", "run_result"],
};

function readGolden(name: string) {
  const read = readForeignBundle(golden(name));
  if ("problem" in read) throw new Error(`${name}: ${read.problem}`);
  return read;
}

describe("a file of the original", () => {
  test("is each of those in testdata", () => {
    expect(GOLDEN).toEqual(Object.keys(PROVEN).toSorted());
  });

  test.each(GOLDEN)("%s is read, and what it proves is named", (name) => {
    const read = readGolden(name);
    const file = JSON.parse(golden(name).toString());
    const bundle = file.control_bundle ?? file;
    const [status = "", ...more] = PROVEN[name] ?? [];
    expect(read).toMatchObject({
      format: file === bundle ? "nexus-attest-0.5" : "nexus-attest-0.6",
      decisionId: bundle.decision.decision_id,
      status,
      digest: file.integrity.binding_digest ?? file.integrity.canonical_digest,
    });
    expect(read.findings.map((finding) => finding.name)).toEqual(Object.keys(FINDINGS));
    const proven = read.findings.filter(({ isProven }) => isProven).map((finding) => finding.name);
    expect(new Set(proven)).toEqual(new Set([...ALWAYS, ...more]));
  });

  test.each(GOLDEN)("%s keeps its events to the byte", (name) => {
    const text = golden(name).toString();
    const { events } = readGolden(name);
    let from = 0;
    for (const event of events) {
      const at = text.indexOf(event.text, from);
      expect(at).toBeGreaterThanOrEqual(from);
      from = at + event.text.length;
      expect(JSON.parse(event.text)).toMatchObject({ seq: event.seq, type: event.body.type, actor: event.actor });
    }
    const file = JSON.parse(text);
    expect(events).toHaveLength((file.control_bundle ?? file).events.length);
  });

  test("says what else than its format knows is in its payloads", () => {
    const { findings } = readGolden("numbers.bundle.json");
    expect(findings.find(({ name }) => name === "event_digests")?.detail).toBe(
      'Covered, but not known to the format: "extra", "risk".',
    );
  });

  test.each([
    ["failed.bundle.json", "self_approval", "It did in this decision."],
    ["template.bundle.json", "self_approval", "It did not in this decision."],
    ["twice.package.json", "single_execution", "This log has 2 executions."],
    ["other-digest.package.json", "run_result", "The log names another record."],
    ["failed-run.package.json", "run_result", "The event of a failed execution names no record."],
    ["embedded.package.json", "run_record", "The format does not say what a router bundle's digest is taken of."],
    ["reference.package.json", "run_record", "The record is not in the package."],
  ] as const)("%s: %s: %s", (name, finding, detail) => {
    expect(readGolden(name).findings.find((each) => each.name === finding)).toEqual({
      name: finding,
      isProven: false,
      detail,
    });
  });

  test("may be written in any layout: it is judged by what it says", () => {
    const pretty = JSON.stringify(JSON.parse(golden("template.bundle.json").toString()), null, 4);
    expect(problemWith(pretty)).toBeUndefined();
  });
});

/** The places of all leaves, and of all objects and arrays that are empty. */
function leaves(value: Loose, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return [path];
  return Object.keys(value).flatMap((key) => leaves(value[key], [...path, key]));
}

/** What no digest covers, as the finding "surroundings" says; and what stands in a router bundle, whose digest nobody can recompute. */
function isUncovered(path: readonly string[]): boolean {
  const place = path.join(".");
  return /\bmeta\.exported_at$/.test(place) || /^router\.bundle\.(?!integrity\.canonical_digest)/.test(place);
}

function changed(value: unknown): unknown {
  if (typeof value === "string") return /^\d{4}-/.test(value) ? value.replace(/^\d{4}/, "1999") : `${value}x`;
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  return value === null ? "x" : { x: 1 };
}

describe.each(GOLDEN)("%s", (name) => {
  const text = golden(name).toString();
  const places = leaves(JSON.parse(text)).filter((path) => !isUncovered(path));

  test("is refused once any of its values is another", () => {
    for (const path of places) {
      const file = JSON.parse(text);
      const holder = path.slice(0, -1).reduce((object, key) => object[key], file);
      const last = path.at(-1) ?? "";
      holder[last] = changed(holder[last]);
      expect(problemWith(JSON.stringify(file)), path.join(".")).toBeDefined();
    }
  });

  test("is refused once any of its fields is gone, or one is there that the format does not know", () => {
    for (const path of places) {
      for (let length = 1; length <= path.length; length++) {
        const file = JSON.parse(text);
        const holder = path.slice(0, length - 1).reduce((object, key) => object[key], file);
        const key = path[length - 1] ?? "";
        if (key === "meta") continue;
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else delete holder[key];
        expect(problemWith(JSON.stringify(file)), `without ${path.slice(0, length).join(".")}`).toBeDefined();
      }
      // What a payload or a router bundle holds is up to who wrote it.
      if (path.includes("payload") || path.join(".").startsWith("router.bundle")) continue;
      const file = JSON.parse(text);
      const holder = path.slice(0, -1).reduce((object, key) => object[key], file);
      if (Array.isArray(holder)) holder.push(holder[0]);
      else holder["more"] = 1;
      expect(problemWith(JSON.stringify(file)), `more in ${path.slice(0, -1).join(".")}`).toBeDefined();
    }
  });
});

test("a number is not the same as another spelling of it: the original digests what was written", () => {
  const text = golden("numbers.bundle.json").toString();
  expect(text).toContain('"risk":0.25');
  expect(problemWith(text)).toBeUndefined();
  expect(problemWith(text.replace('"risk":0.25', '"risk":0.250'))).toBeUndefined();
  expect(problemWith(text.replace('"floats":[1.0,', '"floats":[1,'))).toContain("digest");
  expect(problemWith(text.replace("9007199254740993", "9007199254740992"))).toContain("digest");
});

test("what is not a file of the original says so, without a format", () => {
  expect(readForeignBundle(bytesOf("{}"))).toEqual({
    format: undefined,
    problem: "The file has neither package_version nor bundle_version.",
  });
  expect(readForeignBundle(Uint8Array.of(0xff))).toEqual({ format: undefined, problem: "The file is not UTF-8." });
  expect(readForeignBundle(bytesOf('{"bundle_version":"0.4"}'))).toMatchObject({ format: "nexus-attest-0.5" });
});
