import { expect, onTestFinished } from "vitest";

/** Asks that nothing is rejected unheard, and nothing thrown into the void, until the running test has ended. */
export function expectNothingUnhandled(): void {
  const heard: unknown[] = [];
  const hear = (reason: unknown) => void heard.push(reason);
  process.on("unhandledRejection", hear);
  process.on("uncaughtException", hear);
  onTestFinished(async () => {
    await new Promise((done) => setTimeout(done, 20));
    process.off("unhandledRejection", hear);
    process.off("uncaughtException", hear);
    expect(heard).toEqual([]);
  });
}
