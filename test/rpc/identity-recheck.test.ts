import { describe, expect, test } from "vitest";
import { configSchema } from "../../src/config/schema.ts";
import { hashOfServiceToken, newServiceToken } from "../../src/identity/service-token.ts";
import { RECHECK_EVERY } from "../../src/rpc/identity-recheck.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { bearer } from "../e2e/secure-server.ts";
import { eventually } from "../support/eventually.ts";
import { EVERYBODY } from "../support/everybody.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { serverUnderTest } from "../support/server-under-test.ts";

const MINUTE = 60_000;

async function stage() {
  const clock = createManualClock();
  const [short, long] = [newServiceToken(), newServiceToken()];
  const expires = new Date(clock.now() + MINUTE).toISOString();
  const tokens = [
    { service: "pipeline", hash: hashOfServiceToken(short), expires },
    { service: "pipeline", hash: hashOfServiceToken(long) },
  ];
  const server = await serverUnderTest({
    clock,
    config: { auth: { tokens }, authorization: EVERYBODY, watch: { heartbeatSeconds: 0.2 } },
  });
  /** Goes on with the tokens that are left. */
  const reload = (left: readonly string[]) =>
    server.reload(() =>
      configSchema.parse({
        listen: "127.0.0.1:0",
        authorization: EVERYBODY,
        auth: { tokens: tokens.filter(({ hash }) => left.some((token) => hash === hashOfServiceToken(token))) },
      }),
    );
  const watch = (token: string) => {
    let heard = 0;
    const { decisions } = server.as(undefined, { headers: bearer(token) });
    const messages = (async function* () {
      for await (const message of decisions.watchDecisions({})) {
        heard += 1;
        yield message;
      }
    })();
    return { ended: refusalOf(messages), heard: () => heard };
  };
  return { clock, server, short, long, watch, reload };
}

describe("what proved an identity", () => {
  test("ends a stream with it, to the moment, and no other", async () => {
    const { clock, server, short, long, watch } = await stage();
    const [ending, lasting] = [watch(short), watch(long)];
    await eventually("both have begun", () => ending.heard() > 0 && lasting.heard() > 0);
    clock.advance(MINUTE - 1);
    await server.as(undefined, { headers: bearer(short) }).decisions.listDecisions({});
    clock.advance(1);
    expect(await ending.ended).toMatchObject({ code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    const before = lasting.heard();
    await eventually("the other one goes on", () => {
      clock.advance(MINUTE);
      return lasting.heard() > before;
    });
    expect((await watch(short).ended).message).toContain("expired");
  });

  test("that is taken out of the configuration ends its streams within a while, and no other", async () => {
    const { clock, server, short, long, watch, reload } = await stage();
    const [ending, lasting] = [watch(short), watch(long)];
    await eventually("both have begun", () => ending.heard() > 0 && lasting.heard() > 0);
    reload([long]);
    expect(await refusalOf(server.as(undefined, { headers: bearer(short) }).decisions.listDecisions({}))).toMatchObject(
      {
        reason: "UNAUTHENTICATED",
      },
    );
    clock.advance(RECHECK_EVERY);
    expect(await ending.ended).toMatchObject({ code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    const before = lasting.heard();
    await eventually("the other one goes on", () => {
      clock.advance(MINUTE);
      return lasting.heard() > before;
    });
  });
});
