import { describe, expect, test } from "vitest";
import { changedKeys } from "../../src/config/changed-keys.ts";
import { configSchema } from "../../src/config/schema.ts";

const changed = (before: object, after: object) => changedKeys(configSchema.parse(before), configSchema.parse(after));
const ROUTER = { name: "r", url: "https://router.example.com", adapters: ["a"] };

describe("what has changed between two configurations", () => {
  test("is in force at once where a reload takes it on", () => {
    const before = { routers: [{ ...ROUTER, token: { env: "ONE" } }] };
    const after = {
      authorization: [],
      separationOfDuties: { executorIsNotRequester: true },
      guardrails: [{ name: "g" }],
      cors: { allowedOrigins: ["https://app.example.com"] },
      limits: { maxRequestBytes: 64 * 1024 * 1024, connections: { idleSeconds: 5 } },
      routers: [{ ...ROUTER, token: { env: "TWO" } }],
    };
    expect(changed(before, after).afterRestart).toEqual([]);
    expect(changed(before, after).inForce.toSorted()).toEqual([
      "authorization",
      "cors.allowedOrigins",
      "guardrails",
      "limits.connections",
      "limits.maxRequestBytes",
      "routers",
      "separationOfDuties.executorIsNotRequester",
    ]);
  });

  test("waits for a restart where it is read once", () => {
    const tls = { certFile: "a", keyFile: "b" };
    const after = {
      dataDir: "elsewhere",
      tls,
      limits: { maxMessageBytes: 128 * 1024, connections: { headerSeconds: 7 } },
      routers: [ROUTER],
    };
    const { inForce, afterRestart } = changed({}, after);
    expect(inForce).toEqual([]);
    expect(afterRestart.toSorted()).toEqual([
      "dataDir",
      "limits.connections",
      "limits.maxMessageBytes",
      "routers",
      "tls",
    ]);
  });
});
