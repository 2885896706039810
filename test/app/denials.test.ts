import { expect, test } from "vitest";
import { createDenials, DENIAL_WINDOW, MAX_DENIALS } from "../../src/app/denials.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { createManualClock } from "../support/manual-clock.ts";

const denial = (actor: string) => ({ rpc: "S/M", actor, reason: "PERMISSION_DENIED" });

test("of one actor so many denials are written in a while, and then how many were not; others are not crowded out", () => {
  const log = createCapturedLog();
  const clock = createManualClock();
  const tell = createDenials({ log, clock });
  for (let i = 0; i < MAX_DENIALS + 7; i++) tell(denial("human:mallory"));
  expect(log.lines).toHaveLength(MAX_DENIALS);
  tell(denial("human:bob"));
  expect(log.lines.at(-1)?.facts).toEqual({ event: "denied", ...denial("human:bob") });
  clock.advance(DENIAL_WINDOW);
  tell(denial("human:mallory"));
  tell(denial("human:mallory"));
  expect(log.lines.slice(-2).map(({ facts }) => facts["suppressed"])).toEqual([7, undefined]);
});

test("a clock that is set back does not silence anybody", () => {
  const log = createCapturedLog();
  const clock = createManualClock();
  const tell = createDenials({ log, clock });
  for (let i = 0; i < MAX_DENIALS + 1; i++) tell(denial("human:mallory"));
  clock.set(clock.now() - 10 * DENIAL_WINDOW);
  tell(denial("human:mallory"));
  expect(log.lines).toHaveLength(MAX_DENIALS + 1);
});
