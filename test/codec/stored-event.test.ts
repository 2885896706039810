import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, parseJson } from "../../src/codec/canonical-json.ts";
import { CodecError } from "../../src/codec/codec-error.ts";
import { fromWireEvent, toWireEvent } from "../../src/codec/event.ts";
import { decodeEvent, encodeEvent } from "../../src/codec/stored-event.ts";
import type { DecisionEvent } from "../../src/domain/event.ts";
import { anyEvent, BODIES, eventWith } from "./arbitrary-event.ts";

const EVENT: DecisionEvent = {
  eventId: "00000000-0000-4000-8000-000000000000",
  decisionId: "0".repeat(32) as DecisionEvent["decisionId"],
  seq: 0,
  occurredAt: Date.UTC(2026, 10, 25, 9, 30, 0, 250),
  actor: { type: "HUMAN", id: "bob@example.com" },
  delegate: undefined,
  requestId: "",
  previousDigest: "",
  body: {
    type: "DECISION_CREATED",
    goal: "raise the limit",
    mode: "APPLY",
    plan: undefined,
    adapterId: "",
    labels: [
      { key: "env", value: "production" },
      { key: "ticket", value: "" },
    ],
  },
};
const STORED = encodeEvent(EVENT);

describe.each(Object.entries(BODIES))("an event %s", (_, body) => {
  test("comes back from the wire and from the store as it went", () => {
    fc.assert(
      fc.property(eventWith(body), (event) => {
        expect(fromWireEvent(toWireEvent(event))).toEqual(event);
        const stored = encodeEvent(event);
        expect(decodeEvent(stored)).toEqual(event);
        expect(canonicalJson(parseJson(stored))).toBe(stored);
      }),
    );
  });
});

test("the stored form is what a person understands: ProtoJSON in canonical form, defaults left out", () => {
  expect(STORED).toBe(
    '{"actor":{"id":"bob@example.com","type":"ACTOR_TYPE_HUMAN"},' +
      '"decisionCreated":{"goal":"raise the limit",' +
      '"labels":[{"key":"env","value":"production"},{"key":"ticket"}],"mode":"MODE_APPLY"},' +
      '"decisionId":"00000000000000000000000000000000",' +
      '"eventId":"00000000-0000-4000-8000-000000000000","occurredAt":"2026-11-25T09:30:00.250Z"}',
  );
});

const REFUSED: Readonly<Record<string, (stored: string) => string>> = {
  "a field of later": (stored) => stored.replace("{", '{"a":1,'),
  "a field of later within the body": (stored) => stored.replace('"goal"', '"deadline":1,"goal"'),
  "a field under its other name": (stored) => stored.replace("occurredAt", "occurred_at"),
  "a type of later": (stored) => stored.replace("decisionCreated", "decisionPaused"),
  "no body": (stored) => stored.replace(/"decisionCreated":\{.*?"MODE_APPLY"\},/, ""),
  "two bodies": (stored) => stored.replace('"eventId"', '"decisionRejected":{},"eventId"'),
  "a space": (stored) => stored.replace(":", ": "),
  "a line break at the end": (stored) => `${stored}\n`,
  "a byte order mark": (stored) => `\ufeff${stored}`,
  "names in another order": (stored) =>
    stored.replace(
      '"id":"bob@example.com","type":"ACTOR_TYPE_HUMAN"',
      '"type":"ACTOR_TYPE_HUMAN","id":"bob@example.com"',
    ),
  "a name twice": (stored) => stored.replace('"goal"', '"goal":"else","goal"'),
  "a needless escape": (stored) => stored.replace("raise", "\\u0072aise"),
  "an enum by its number": (stored) => stored.replace('"MODE_APPLY"', "2"),
  "an enum of later": (stored) => stored.replace("MODE_APPLY", "MODE_BOTH"),
  "an enum that says nothing": (stored) => stored.replace("MODE_APPLY", "MODE_UNSPECIFIED"),
  "a default written out": (stored) => stored.replace('"key":"ticket"', '"key":"ticket","value":""'),
  null: (stored) => stored.replace('"key":"ticket"', '"key":"ticket","value":null'),
  "a time with an offset": (stored) => stored.replace("09:30:00.250Z", "10:30:00.250+01:00"),
  "a time in microseconds": (stored) => stored.replace(".250Z", ".250001Z"),
  "a time with needless zeros": (stored) => stored.replace(".250Z", ".250000Z"),
  "no time": (stored) => stored.replace(/,"occurredAt":"[^"]*"/, ""),
  "no event id": (stored) => stored.replace(/"eventId":"[^"]*",/, ""),
  "no actor": (stored) => stored.replace(/"actor":\{[^}]*\},/, ""),
  "an actor without an id": (stored) => stored.replace('"id":"bob@example.com",', ""),
  "labels out of order": (stored) => stored.replace('"env"', '"zone"'),
  "half a surrogate pair": (stored) => stored.replace("raise", "\\ud83d"),
  "a text": (stored) => JSON.stringify(stored),
  "a list": (stored) => `[${stored}]`,
  "half an event": (stored) => stored.slice(0, 100),
  nothing: () => "",
};

test.each(Object.entries(REFUSED))("refused on load: %s", (_, change) => {
  const changed = change(STORED);
  expect(changed).not.toBe(STORED);
  expect(() => decodeEvent(changed)).toThrow(CodecError);
});

test("no two texts are one event: whatever is read is what would be written", () => {
  fc.assert(
    fc.property(anyEvent, fc.nat(), fc.integer({ min: 0x20, max: 0x7e }), (event, place, character) => {
      const stored = encodeEvent(event);
      const at = place % stored.length;
      const changed = stored.slice(0, at) + String.fromCharCode(character) + stored.slice(at + 1);
      let read: DecisionEvent;
      try {
        read = decodeEvent(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
        return;
      }
      expect(encodeEvent(read)).toBe(changed);
    }),
    { numRuns: 1_000 },
  );
});

test.each(["\ud800", "x\udfffx", "\ude00\ud83d"])(
  "half a surrogate pair cannot be stored: it has no canonical form",
  (half) => {
    expect(() => encodeEvent({ ...EVENT, requestId: half })).toThrow(CodecError);
    expect(() => encodeEvent({ ...EVENT, body: { type: "DECISION_REJECTED", reason: half } })).toThrow(CodecError);
  },
);
