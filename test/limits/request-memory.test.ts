import { describe, expect, test } from "vitest";
import { createRequestMemory, FREE_BYTES } from "../../src/limits/request-memory.ts";

const MOST = 1_000_000;

/** So much beyond what every request may have. */
const beyond = (bytes: number) => FREE_BYTES + bytes;

describe("the memory for requests", () => {
  test("is one for all: what does not fit is refused, and leaves the others what they have", () => {
    const open = createRequestMemory(() => MOST);
    const [first, second, third] = [open(), open(), open()];
    first.hold(beyond(500_000));
    second.hold(beyond(500_000));
    expect(() => third.hold(beyond(1))).toThrow(
      expect.objectContaining({
        reason: "REQUEST_MEMORY_EXHAUSTED",
        facts: { limit: "limits.maxRequestBytes", limit_value: "1000000" },
        retryAfter: 1_000,
      }),
    );
    first.release();
    third.hold(beyond(500_000));
    expect(() => open().hold(beyond(1))).toThrow();
  });

  test("has room for small requests when it is full", () => {
    const open = createRequestMemory(() => MOST);
    for (const each of [open(), open()]) each.hold(beyond(500_000));
    for (let index = 0; index < 100; index++) open().hold(FREE_BYTES);
  });

  test("is not one caller's alone, however many requests they make", () => {
    const open = createRequestMemory(() => MOST);
    const of = (caller: string) => {
      const memory = open();
      memory.belongsTo(caller);
      return memory;
    };
    const own = Array.from({ length: 10 }, () => of("mallory"));
    for (const each of own.slice(0, 5)) each.hold(beyond(100_000));
    expect(() => own[5]?.hold(beyond(1))).toThrow(expect.objectContaining({ reason: "REQUEST_MEMORY_EXHAUSTED" }));
    of("alice").hold(beyond(500_000));
    own[0]?.release();
    own[5]?.hold(beyond(100_000));
  });

  test("is given back once, however often it is released, and nothing of what was refused", () => {
    const open = createRequestMemory(() => MOST);
    const one = open();
    one.hold(beyond(400_000));
    expect(() => one.hold(beyond(MOST + 1))).toThrow();
    one.release();
    one.release();
    for (const each of [open(), open()]) each.hold(beyond(500_000));
    expect(() => open().hold(beyond(1))).toThrow();
  });

  test("counts what a request holds in all, not what it asks for in addition", () => {
    const open = createRequestMemory(() => MOST);
    const one = open();
    for (const bytes of [100, 300_000, 200, 300_000, 400_000]) one.hold(bytes);
    open().hold(beyond(500_000));
    const last = open();
    last.hold(beyond(100_000 + FREE_BYTES));
    expect(() => last.hold(beyond(100_001 + FREE_BYTES))).toThrow();
  });
});
