import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { configSchema } from "../../src/config/schema.ts";
import { RECHECK_EVERY } from "../../src/rpc/identity-recheck.ts";
import { eventually } from "../support/eventually.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { RELEASE } from "./release.ts";

type Bindings = readonly {
  readonly roles: readonly string[];
  readonly actors?: readonly string[];
  readonly scope?: object;
}[];

const of = (tenant: string) => [{ key: "tenant", value: tenant }];
const BOB = { roles: ["requester"], actors: ["human:bob"] };
const ANN = { roles: ["auditor"], actors: ["human:ann"] };
const CAROL = { roles: ["approver"], actors: ["human:carol"] };

async function stage(authorization: Bindings | undefined) {
  const directory = temporaryDirectory();
  const clock = createManualClock();
  const settled = { listen: "127.0.0.1:0", dataDir: join(directory, "data"), watch: { heartbeatSeconds: 0.1 } };
  const server = await serverUnderTest({ directory, clock, config: { ...settled, authorization } });
  const reload = (next: Bindings) => server.reload(() => configSchema.parse({ ...settled, authorization: next }));
  const request = async (tenant = "red") => {
    const { decision } = await server.as("human:bob").decisions.createDecision({ ...RELEASE, labels: of(tenant) });
    return decision?.decisionId ?? "";
  };
  return { server, clock, reload, request };
}

/** Reads a stream until it ends, and counts. */
function reading(messages: AsyncIterable<unknown>) {
  let heard = 0;
  const counted = (async function* () {
    for await (const message of messages) {
      heard += 1;
      yield message;
    }
  })();
  return { ended: refusalOf(counted), heard: () => heard };
}

describe("a role that is taken away", () => {
  test("ends the watches that it opened as the configuration is reloaded, and no other", async () => {
    const { server, clock, reload, request } = await stage([BOB, ANN, CAROL]);
    const decisionId = await request();
    const watching = (who: string) => [
      reading(server.as(`human:${who}`).decisions.watchDecision({ decisionId })),
      reading(server.as(`human:${who}`).decisions.watchDecisions({})),
    ];
    const [anns, carols] = [watching("ann"), watching("carol")];
    await eventually("all have begun", () => [...anns, ...carols].every(({ heard }) => heard() > 0));
    // The clock stands still: no recheck comes by itself.
    reload([BOB, CAROL]);
    for (const { ended } of anns)
      expect(await ended).toMatchObject({ code: "PermissionDenied", reason: "PERMISSION_DENIED" });
    const before = carols.map(({ heard }) => heard());
    await eventually("the others go on", () => {
      clock.advance(1_000);
      return carols.every(({ heard }, i) => heard() > (before[i] ?? 0));
    });
    expect((await refusalOf(server.as("human:ann").decisions.getDecision({ decisionId }))).reason).toBe(
      "PERMISSION_DENIED",
    );
  });

  test("leaves a watch of all decisions with what can still be seen", async () => {
    const { server, reload, request } = await stage([BOB, ANN]);
    const seen: string[] = [];
    let isThere = false;
    const stop = new AbortController();
    const watch = (async () => {
      const messages = server.as("human:ann").decisions.watchDecisions({}, { signal: stop.signal });
      for await (const { kind } of messages) {
        isThere ||= kind.case === "caughtUp";
        if (kind.case === "change") seen.push(kind.value.decision?.decisionId ?? "");
      }
    })().catch(() => undefined);
    await eventually("it has caught up", () => isThere);
    reload([BOB, { ...ANN, scope: { labels: { tenant: "blue" } } }]);
    const red = await request("red");
    const blue = await request("blue");
    await eventually("what is still in scope comes", () => seen.includes(blue));
    expect(seen).not.toContain(red);
    stop.abort();
    await watch;
  });

  test("hides from a watcher a decision that has left the scope", async () => {
    const { server, reload, request } = await stage([BOB, ANN]);
    const decisionId = await request("red");
    const watch = reading(server.as("human:ann").decisions.watchDecision({ decisionId }));
    await eventually("it has begun", () => watch.heard() > 0);
    reload([BOB, { ...ANN, scope: { labels: { tenant: "blue" } } }]);
    expect(await watch.ended).toMatchObject({ code: "NotFound", reason: "DECISION_NOT_FOUND" });
  });

  test("ends what was opened while there were no roles", async () => {
    const { server, reload, request } = await stage(undefined);
    const decisionId = await request();
    const watch = reading(server.as("human:ann").decisions.watchDecision({ decisionId }));
    await eventually("it has begun", () => watch.heard() > 0);
    reload([BOB]);
    expect(await watch.ended).toMatchObject({ reason: "PERMISSION_DENIED" });
  });

  test("lets nobody approve by it any more, and leaves what was approved", async () => {
    const { server, reload, request } = await stage([BOB, ANN, CAROL]);
    const [approved, open] = [await request(), await request()];
    await server.as("human:carol").decisions.grantApproval({ decisionId: approved, requestId: "yes" });
    reload([BOB, ANN]);
    const { decisions } = server.as("human:carol");
    for (const [decisionId, requestId] of [
      [approved, "yes"],
      [open, "more"],
    ] as const)
      expect((await refusalOf(decisions.grantApproval({ decisionId, requestId }))).reason).toBe("PERMISSION_DENIED");
    const { decision } = await server.as("human:ann").decisions.getDecision({ decisionId: approved });
    expect(decision?.lifecycle?.progress?.approvalsValid).toBe(1);
  });
});

test("a watch is judged again in between, too", async () => {
  const { server, clock, request } = await stage([BOB, ANN]);
  const decisionId = await request();
  const watch = reading(server.as("human:ann").decisions.watchDecision({ decisionId }));
  await eventually("it has begun", () => watch.heard() > 0);
  clock.advance(RECHECK_EVERY);
  const before = watch.heard();
  await eventually("it goes on", () => {
    clock.advance(RECHECK_EVERY);
    return watch.heard() > before + 1;
  });
});
