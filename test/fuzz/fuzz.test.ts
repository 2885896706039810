import { expect, test } from "vitest";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { campaign } from "./campaign.ts";
import { randomOf } from "./random.ts";
import { http1, http2 } from "./wire.ts";

const SEED = 20_261_126;

/** A million takes `npm run fuzz`. */
const FRAMES = 20_000;

test(`${FRAMES} frames, most of them wrong in some way: the server lives, answers, calls none its own fault, and keeps its data whole`, async () => {
  const report = await campaign({ seed: SEED, frames: FRAMES, directory: temporaryDirectory() });
  expect(report).toMatchObject({ findings: [], faults: [] });
  expect(report.frames).toBeGreaterThanOrEqual(FRAMES);
}, 600_000);

test("a seed and a number give the same case again, and another one another", () => {
  const ids = ["0".repeat(32), ""];
  for (const make of [http1, http2]) {
    const bytesOf = (seed: number, index: number) => make(randomOf(seed, index), ids).bytes.toString("hex");
    expect(bytesOf(1, 7)).toBe(bytesOf(1, 7));
    expect(new Set([bytesOf(1, 7), bytesOf(1, 8), bytesOf(2, 7)]).size).toBe(3);
  }
});
