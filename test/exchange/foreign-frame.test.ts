import * as fc from "fast-check";
import { expect, test } from "vitest";
import { frameOf, inFrame } from "../../src/exchange/foreign-frame.ts";
import { readForeignBundle } from "../../src/exchange/read-foreign-bundle.ts";
import { GOLDEN, golden } from "./golden.ts";

test("what was cut out of a file and put back is the file, though the same text stands elsewhere too", () => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "{"), minLength: 1 }), { maxLength: 6 });
  fc.assert(
    fc.property(texts, fc.infiniteStream(fc.string({ unit: fc.constantFrom("a", "b", " ") })), (events, gaps) => {
      const file = events.reduce((before, text) => before + text + gaps.next().value, gaps.next().value);
      const frame = frameOf(file, events);
      expect(frame).toHaveLength(events.length + 1);
      expect(inFrame(frame, events)).toBe(file);
    }),
  );
  expect(() => frameOf("ab", ["b", "a"])).toThrow(TypeError);
});

test.each(GOLDEN)("%s is given back to the byte", (name) => {
  const read = readForeignBundle(golden(name));
  if ("problem" in read) throw new Error(read.problem);
  const texts = read.events.map(({ text }) => text);
  expect(inFrame(frameOf(golden(name).toString(), texts), texts)).toBe(golden(name).toString());
});
