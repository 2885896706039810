import { describe, expect, test } from "vitest";
import { AdapterUnknown, type Router, RunRefused } from "../../src/app/router.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import type { RunRequest } from "../../src/domain/run-request.ts";
import { createRouting } from "../../src/router/routing.ts";

const DECISION = "0".repeat(32) as DecisionId;

/** A router that answers with its name. */
function routerNamed(name: string): Router {
  return {
    describeAdapter: async (adapterId) => ({ adapterId, capabilities: [], description: name }),
    async *run() {
      yield { kind: "accepted", runId: name };
    },
    getRun: async (adapterId, decisionId) => ({
      runId: name,
      decisionId,
      adapterId,
      state: "RUNNING",
      stepsExecuted: 0,
      failure: undefined,
      bundle: undefined,
    }),
  };
}

const routing = createRouting([
  { name: "one", adapters: ["a", "b"], router: routerNamed("one") },
  { name: "two", adapters: ["c"], router: routerNamed("two") },
]);

function requestFor(adapterId: string): RunRequest {
  return { decisionId: DECISION, adapterId } as RunRequest;
}

describe("routing", () => {
  test.each([
    ["a", "one"],
    ["b", "one"],
    ["c", "two"],
  ])("adapter %s is asked of, and run by, router %s", async (adapterId, name) => {
    expect((await routing.describeAdapter(adapterId)).description).toBe(name);
    expect(await Array.fromAsync(routing.run(requestFor(adapterId)))).toEqual([{ kind: "accepted", runId: name }]);
    expect((await routing.getRun(adapterId, DECISION)).runId).toBe(name);
  });

  test("an adapter that nobody has is unknown", async () => {
    await expect(routing.describeAdapter("x")).rejects.toThrow(AdapterUnknown);
    await expect(routing.getRun("x", DECISION)).rejects.toThrow(AdapterUnknown);
  });

  test("a run on one was certainly not begun: the outcome need not be called unknown", async () => {
    const run = Array.fromAsync(routing.run(requestFor("x")));
    await expect(run).rejects.toThrow(RunRefused);
    await expect(run).rejects.toMatchObject({ code: "ADAPTER_UNKNOWN" });
  });

  test("an adapter is of one router only", () => {
    const routes = ["one", "two"].map((name) => ({ name, adapters: ["a"], router: routerNamed(name) }));
    expect(() => createRouting(routes)).toThrow("Adapter a is configured twice: for one and for two.");
  });
});
