import { describe, expect, test } from "vitest";
import { createAdapterViews } from "../../src/app/adapter-view.ts";
import { AdapterUnknown, RouterUnavailable } from "../../src/app/router.ts";
import { ADAPTER } from "./decisions-under-test.ts";
import { executionsUnderTest } from "./executions-under-test.ts";

async function views() {
  const under = await executionsUnderTest();
  const { router, clock } = under;
  let asked = 0;
  const described = router.describeAdapter.bind(router);
  router.describeAdapter = (id, options) => {
    asked += 1;
    return described(id, options);
  };
  const decision = async (what: Parameters<typeof under.create>[0] = {}) => {
    const log = await under.logs.load(await under.create(what));
    if (log === undefined) throw new Error("it is not there");
    return log.decision;
  };
  const adapters = createAdapterViews({ router, clock, timeout: 50 });
  const { gated } = under;
  return {
    router,
    clock,
    decision,
    gated,
    asked: () => asked,
    ask: (...question: Parameters<typeof adapters.ask>) => adapters.ask(...question),
    recent: (...question: Parameters<typeof adapters.recent>) => adapters.recent(...question),
    soon: (...question: Parameters<typeof adapters.soon>) => adapters.soon(...question),
  };
}

describe("asked for the gate", () => {
  test("the router's answer, anew each time", async () => {
    const { ask, asked } = await views();
    expect(await ask("local")).toEqual(ADAPTER);
    await ask("local");
    expect(asked()).toBe(2);
  });

  test.each(["", undefined])("no adapter was chosen (%j): nobody is asked", async (adapterId) => {
    const { ask, asked } = await views();
    expect(await ask(adapterId)).toEqual({ kind: "unchosen" });
    expect(asked()).toBe(0);
  });

  test.each([
    { error: new AdapterUnknown("what is that?"), why: /no router has it/ },
    { error: new RouterUnavailable("no route"), why: /not available: no route/ },
  ])("what cannot be learned is unknown, with the reason: $error.message", async ({ error, why }) => {
    const { ask, router } = await views();
    router.describeAdapter = () => Promise.reject(error);
    expect(await ask("local")).toEqual({ kind: "unknown", adapterId: "local", why: expect.stringMatching(why) });
  });

  test("a router that is silent is unknown once the time is over; a caller that goes away is not told so", async () => {
    const { ask, router } = await views();
    router.describeAdapter = (_id, { signal } = {}) =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new RouterUnavailable("ended"))));
    expect(await ask("local")).toMatchObject({ kind: "unknown", why: expect.stringContaining("within 50 ms") });
    const leaving = new AbortController();
    const answer = ask("local", leaving.signal);
    leaving.abort(new Error("gone"));
    await expect(answer).rejects.toThrow("gone");
  });
});

describe("asked for display", () => {
  test("an answer serves for five seconds", async () => {
    const { recent, decision, asked, clock } = await views();
    const shown = await decision();
    await Promise.all(Array.from({ length: 10 }, () => recent(shown)));
    clock.advance(5_000);
    expect(await recent(shown)).toEqual(ADAPTER);
    expect(asked()).toBe(1);
    clock.advance(1);
    await recent(shown);
    expect(asked()).toBe(2);
  });

  test.each([
    { allowed: [], wanted: { kind: "unchosen" } },
    { allowed: ["local"], wanted: ADAPTER },
    { allowed: ["local", "other"], wanted: { kind: "unchosen" } },
  ])("of a request that names none, when the policy allows $allowed", async ({ allowed, wanted }) => {
    const { recent, decision } = await views();
    const shown = await decision({ adapterId: "", policy: { allowedAdapters: allowed } });
    expect(await recent(shown)).toEqual(wanted);
  });

  test("behind the gate nobody is asked", async () => {
    const { recent, gated, asked } = await views();
    expect(await recent(await gated())).toEqual({ kind: "unchosen" });
    expect(asked()).toBe(0);
  });

  test("one caller that goes away does not spoil the answer for the others", async () => {
    const { recent, decision } = await views();
    const shown = await decision();
    await expect(recent(shown, AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
    expect(await recent(shown)).toEqual(ADAPTER);
  });

  test("a fault is not remembered, nor left behind by a caller that has gone away", async () => {
    const { recent, decision, router } = await views();
    const shown = await decision();
    const described = router.describeAdapter.bind(router);
    router.describeAdapter = () => Promise.reject(new TypeError("a fault"));
    await expect(recent(shown, AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
    await expect(recent(shown)).rejects.toThrow("a fault");
    router.describeAdapter = described;
    expect(await recent(shown)).toEqual(ADAPTER);
  });
});

describe("asked for the answer to a command", () => {
  test("what is known, or comes soon", async () => {
    const { soon, decision, gated } = await views();
    expect(await soon(await decision())).toEqual(ADAPTER);
    expect(await soon(await gated())).toEqual({ kind: "unchosen" });
  });

  test("a router that is silent is unknown after half a second, and its answer serves once it has come", async () => {
    const { soon, recent, decision, router, clock } = await views();
    const shown = await decision();
    const described = router.describeAdapter.bind(router);
    const silence = Promise.withResolvers<void>();
    router.describeAdapter = async (...question) => {
      await silence.promise;
      return await described(...question);
    };
    const answer = soon(shown);
    clock.advance(500);
    expect(await answer).toEqual({ kind: "unknown", adapterId: "local", why: "its router has not answered yet." });
    silence.resolve();
    expect(await recent(shown)).toEqual(ADAPTER);
  });
});
