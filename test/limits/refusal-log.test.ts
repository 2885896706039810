import { expect, test } from "vitest";
import { createRefusalLog, REFUSAL_WINDOW } from "../../src/limits/refusal-log.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { createManualClock } from "../support/manual-clock.ts";

test("a flood of refusals is a line at once, and a line a while later that says how many there were", () => {
  const clock = createManualClock();
  const log = createCapturedLog();
  const tell = createRefusalLog({ log, clock });
  const flood = { reason: "RATE_LIMITED", limit: "limits.perActor.callsPerSecond", by: "human:mallory" };
  for (let index = 0; index < 1_000; index++) tell(flood);
  tell({ ...flood, by: "human:bob" });
  clock.advance(REFUSAL_WINDOW);
  tell(flood);
  expect(log.lines.map(({ facts }) => facts)).toEqual([
    { event: "refused", ...flood },
    { event: "refused", ...flood, by: "human:bob" },
    { event: "refused", ...flood, more: 999 },
  ]);
});
