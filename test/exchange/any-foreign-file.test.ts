import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeEvent } from "../../src/codec/stored-event.ts";
import { convertPackage, toPythonBundle } from "../../src/exchange/convert.ts";
import { FINDINGS } from "../../src/exchange/findings.ts";
import { ORIGIN_FIELD } from "../../src/exchange/python-format.ts";
import { readForeignBundle } from "../../src/exchange/read-foreign-bundle.ts";
import { anyEvent, BODIES, eventWith } from "../codec/arbitrary-event.ts";
import { WAY_TO } from "../domain/facts.ts";
import { bytesOf, golden, type Loose, problemWith, reseal } from "./golden.ts";
import { ownPackage } from "./own-log.ts";

/** Reads anything, and checks what every answer has to be. */
function reads(bytes: Uint8Array): boolean {
  const read = readForeignBundle(bytes);
  if ("problem" in read) {
    expect(read.problem.length).toBeGreaterThan(0);
    expect(read.problem.length).toBeLessThan(2_000);
    expect(read.problem.isWellFormed()).toBe(true);
    return false;
  }
  expect(read.findings.map(({ name }) => name)).toEqual(Object.keys(FINDINGS));
  return true;
}

const conversion = convertPackage(ownPackage(WAY_TO.completed), "nexus-attest-0.6");
const OURS = conversion.kind === "converted" ? conversion.file : new Uint8Array();

const FILES: readonly (readonly [string, Uint8Array])[] = [
  ["a bundle of the original", golden("template.bundle.json")],
  ["a package of the original", golden("reference.package.json")],
  ["a package that was made of ours", OURS],
];

describe.each(FILES)("%s", (_, file) => {
  // No digest covers these, and white space says nothing.
  const meta = /"meta":\{[^}]*\}/g;
  const text = new TextDecoder().decode(file).replaceAll(/,?"meta":\{[^}]*\}/g, "");
  const bytes = bytesOf(text);

  test("holds without what no digest covers", () => {
    expect(text).not.toMatch(meta);
    expect(reads(bytes)).toBe(true);
  });

  test("is refused once any of its bytes is another", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const other = Uint8Array.from(bytes);
        other[at] = ((other[at] ?? 0) + difference) % 256;
        expect(reads(other)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test("is refused once it is cut, or one of its bytes is gone", () => {
    for (let at = 0; at < bytes.length; at += 97) {
      expect(reads(bytes.subarray(0, at))).toBe(false);
      expect(reads(Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1)]))).toBe(false);
    }
  });

  test("with anything at all in place of one of its parts, and every digest made good again, is read or refused in words", () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(null, "", 0, -1, 1.5, 1e308, false, [], {}, "\ud800", "__proto__", "2026-11-25T09:00:00+00:00"),
    );
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), anything, (choices, value) => {
        let changed: string;
        try {
          changed = reseal(text, (_bundle, given) => replaceSomewhere(given, choices, value));
        } catch {
          // What the forger cannot make good: a file of another shape, which is refused below as it is.
          const given = JSON.parse(text);
          replaceSomewhere(given, choices, value);
          changed = JSON.stringify(given);
        }
        reads(bytesOf(changed));
      }),
      { numRuns: 300 },
    );
  });
});

/** Walks into a value by choices, and puts another in the place that it comes to. */
function replaceSomewhere(given: Loose, choices: Iterator<number>, value: unknown): void {
  let holder = given;
  for (;;) {
    const keys = Object.keys(holder);
    const key = keys[Number(choices.next().value) % keys.length] ?? "";
    const next = holder[key];
    const isBranch = typeof next === "object" && next !== null && Object.keys(next).length > 0;
    if (!isBranch || Number(choices.next().value) % 4 === 0) {
      holder[key] = value;
      return;
    }
    holder = next;
  }
}

test("any log of ours within a file, whatever its events say, is read or refused in words", () => {
  const ours = new TextDecoder().decode(OURS);
  fc.assert(
    fc.property(anyEvent, fc.nat(), (own, choice) => {
      const file = reseal(ours, ({ events }) => {
        const place = events[choice % events.length];
        place.payload[ORIGIN_FIELD] = encodeEvent(own);
      });
      expect(reads(bytesOf(file))).toBe(false);
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(anyEvent, (own) => {
      const alone = reseal(golden("draft.bundle.json").toString(), ({ events }) => {
        events[0].payload[ORIGIN_FIELD] = encodeEvent({ ...own, seq: 0, previousDigest: "" });
      });
      expect(reads(bytesOf(alone))).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test("any first event of ours is converted to what is read, or refused in words", () => {
  const created = fc.oneof(eventWith(BODIES.DECISION_CREATED), anyEvent);
  fc.assert(
    fc.property(created, (own) => {
      const text = encodeEvent({ ...own, seq: 0, previousDigest: "" });
      const made = toPythonBundle([text], { at: 0, acceptLosses: true });
      if (made.kind === "converted") expect(reads(made.file)).toBe(true);
      else expect(made.problems.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

test("anything else is refused", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => !reads(bytes)));
  fc.assert(fc.property(fc.json(), (text) => !reads(bytesOf(text))));
  const shaped = fc.record({
    bundle_version: fc.constant("0.5"),
    decision: fc.dictionary(fc.constantFrom("decision_id", "goal", "mode", "created_at", "status"), fc.jsonValue()),
    events: fc.array(fc.dictionary(fc.constantFrom("event_id", "seq", "type", "payload", "ts"), fc.jsonValue())),
    template_snapshot: fc.constant({ present: false }),
    router_link: fc.jsonValue(),
    integrity: fc.jsonValue(),
    provenance: fc.jsonValue(),
  });
  fc.assert(fc.property(shaped, (value) => !reads(bytesOf(JSON.stringify(value)))));
});

/** Each takes one or two; what grows with the square of the size takes hours. */
const MOST_SECONDS = 20;

/** Seconds of processor time, which other programs on the machine do not change. */
function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}

describe("a hostile file costs time in proportion to its size", () => {
  const draft = golden("draft.bundle.json").toString();
  const [before = "", after = ""] = draft.split('"events":[');
  const many = (event: string, count: number) =>
    `${before}"events":[${Array.from({ length: count }, () => event).join(",")}],${after.slice(after.indexOf('"integrity"'))}`;

  test.each([
    ["half a million events", many("{}", 500_000), "A log has 1 to 10000 events"],
    ["brackets without end", "[".repeat(5_000_000), "nested deeper"],
    ["a string of eight million characters", draft.replace('"0.5"', `"${"x".repeat(8_000_000)}"`), "bundle_version is"],
    ["a million backslashes", draft.replace('"0.5"', `"${"\\\\".repeat(1_000_000)}"`), "bundle_version is"],
    ["a number of a million digits", draft.replace('"0.5"', "9".repeat(1_000_000)), "bundle_version is not a string"],
    ["a name of a million characters", draft.replace("{", `{"${"n".repeat(1_000_000)}":1,`), "has a field"],
    [
      "half a million names",
      draft.replace("{", `{${Array.from({ length: 500_000 }, (_, i) => `"${i}":1,`).join("")}`),
      "has a field",
    ],
  ])("%s", (_, text, problem) => {
    const used = processorTime(() => expect(problemWith(text)).toContain(problem));
    expect(used).toBeLessThan(MOST_SECONDS);
  });

  test("more than 64 MiB are not looked at", () => {
    expect(readForeignBundle(new Uint8Array(64 * 1024 * 1024 + 1))).toEqual({
      format: undefined,
      problem: "The file is larger than 67108864 bytes.",
    });
  });

  test("ten thousand approvals by one actor, each given when the one before had expired", () => {
    const file = reseal(draft, (bundle) => {
      const [created] = bundle.events;
      const id = (seq: number) => created.event_id.replace(/0$/, String(seq));
      const approvals = Array.from({ length: 9_998 }, (_, index) => ({
        ...created,
        seq: index + 2,
        event_id: id(index + 2),
        type: "APPROVAL_GRANTED",
        payload: { expires_at: created.ts },
      }));
      const policy = {
        min_approvals: 1,
        allowed_modes: ["apply"],
        require_adapter_capabilities: [],
        max_steps: null,
        labels: [],
      };
      bundle.events.push(
        { ...created, seq: 1, event_id: id(1), type: "POLICY_ATTACHED", payload: policy },
        ...approvals,
      );
      bundle.decision.status = "PENDING_APPROVAL";
    });
    const used = processorTime(() => expect(problemWith(file)).toBeUndefined());
    expect(used).toBeLessThan(MOST_SECONDS);
  });
});
