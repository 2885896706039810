import { expect, test } from "vitest";
import { createProgressBar } from "../../src/cli/progress-bar.ts";

function barUnderTest() {
  let now = 1_000;
  let written = "";
  const bar = createProgressBar((text) => void (written += text), "events", { every: 200, now: () => now });
  return {
    bar,
    later: (milliseconds: number) => void (now += milliseconds),
    /** What the terminal shows: what follows the last time that the line was taken away. */
    shown: () => written.split("\r\u001b[2K").at(-1),
    written: () => written,
  };
}

test("shows how far it is, of how much, and how fast", () => {
  const { bar, later, shown } = barUnderTest();
  later(1_000);
  bar.show(1_500, 6_000);
  expect(shown()).toBe("[######------------------]  25 %  1,500 of 6,000 events, 1,500 a second");
  later(1_000);
  bar.show(6_000, 6_000);
  expect(shown()).toBe("[########################] 100 %  6,000 of 6,000 events, 3,000 a second");
});

test("is never longer than its line: more than all, or of nothing", () => {
  const { bar, later, shown } = barUnderTest();
  later(1_000);
  bar.show(7_000, 6_000);
  expect(shown()).toContain("[########################] 100 %  7,000 of 6,000");
  later(1_000);
  bar.show(4_000, undefined);
  expect(shown()).toBe("4,000 events, 2,000 a second");
});

test("is written only so often, and taken away only if it is there", () => {
  const { bar, later, written, shown } = barUnderTest();
  bar.clear();
  bar.show(1, 2);
  later(199);
  bar.show(1, 2);
  expect(written()).toBe("");
  later(1);
  bar.show(1, 2);
  bar.show(2, 2);
  expect(shown()).toContain("1 of 2");
  bar.clear();
  expect(shown()).toBe("");
  const before = written();
  bar.clear();
  expect(written()).toBe(before);
});
