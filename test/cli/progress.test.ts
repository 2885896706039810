import { expect, test } from "vitest";
import { createProgress } from "../../src/cli/progress.ts";

test("tells how far it is only so often, however much happens in between, and works the words out only then", () => {
  let now = 500;
  let asked = 0;
  const lines: string[] = [];
  const progress = createProgress((line) => lines.push(line), { every: 100, now: () => now });
  for (; now <= 800; now += 10) progress(() => `${++asked}. at ${now}`);
  expect(lines).toEqual(["1. at 600", "2. at 700", "3. at 800"]);
});
