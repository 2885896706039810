import { describe, expect, test } from "vitest";
import { AdapterUnknown, type Router, type RunMessage, RunRefused } from "../../src/app/router.ts";
import { createRouting } from "../../src/router/routing.ts";
import { newDecisionId, runRequest } from "./local/recorder.ts";

/** A router that keeps what it is asked and answers with its name. */
function routerNamed(name: string) {
  const asked: unknown[] = [];
  const router: Router = {
    describeAdapter: async (...call) => {
      asked.push(call);
      return { adapterId: call[0], capabilities: [], description: name };
    },
    async *run(...call): AsyncIterable<RunMessage> {
      asked.push(call);
      yield { kind: "accepted", runId: name };
    },
    getRun: async (...call) => {
      asked.push(call);
      const [adapterId, decisionId] = call;
      const nothing = { stepsExecuted: 0, failure: undefined, bundle: undefined };
      return { runId: name, decisionId, adapterId, state: "RUNNING", ...nothing };
    },
  };
  return { name, router, asked };
}

const east = () => ({ ...routerNamed("east"), kind: "local" as const, adapters: ["a", "b"] });
const west = () => ({ ...routerNamed("west"), kind: "remote" as const, adapters: ["c"] });

describe("of many routers", () => {
  test.each([
    ["a", "east"],
    ["b", "east"],
    ["c", "west"],
  ])("adapter %s is asked of, and run by, the router that has it: %s", async (adapterId, name) => {
    const routes = [east(), west()];
    const routing = createRouting(routes);
    const { signal } = new AbortController();
    const decisionId = newDecisionId();
    const request = runRequest({ adapterId });
    const options = { fence: true, includeBundle: true, signal };
    expect((await routing.describeAdapter(adapterId, { signal })).description).toBe(name);
    expect(await Array.fromAsync(routing.run(request, { signal }))).toEqual([{ kind: "accepted", runId: name }]);
    expect((await routing.getRun(adapterId, decisionId, options)).runId).toBe(name);
    const asked = [
      [adapterId, { signal }],
      [request, { signal }],
      [adapterId, decisionId, options],
    ];
    expect(routes.map((route) => route.asked)).toEqual(name === "east" ? [asked, []] : [[], asked]);
  });

  test("each tells whether its runs can be asked about from elsewhere", () => {
    const routing = createRouting([east(), west()]);
    expect(["a", "b", "c", "z"].map((adapterId) => routing.kindOf(adapterId))).toEqual([
      "local",
      "local",
      "remote",
      undefined,
    ]);
  });

  test("an adapter that none has is unknown", async () => {
    const routing = createRouting([east()]);
    await expect(routing.describeAdapter("z")).rejects.toThrow(AdapterUnknown);
    await expect(routing.getRun("z", newDecisionId())).rejects.toThrow(AdapterUnknown);
  });

  test("a run on one was certainly not begun: its outcome need not be called unknown", async () => {
    const run = Array.fromAsync(createRouting([east()]).run(runRequest({ adapterId: "z" })));
    await expect(run).rejects.toThrow(RunRefused);
    await expect(run).rejects.toMatchObject({ code: "ADAPTER_UNKNOWN" });
  });

  test("an adapter of two is a mistake of the configuration", () => {
    const routes = [east(), { ...west(), adapters: ["c", "a"] }];
    expect(() => createRouting(routes)).toThrow(new TypeError("Adapter a is configured twice: for east and for west."));
    expect(() => createRouting([{ ...east(), adapters: ["a", "a"] }])).toThrow(/Adapter a is configured twice/);
  });
});
