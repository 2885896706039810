import { describe, expect, test } from "vitest";
import type { Issuer as Rules } from "../../src/identity/issuer.ts";
import { createJwts } from "../../src/identity/jwt.ts";
import { ASK_AGAIN_AFTER, createRemoteKeys, FETCH_WITHIN } from "../../src/identity/remote-keys.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { type Answering, AUDIENCE, createIssuer, type Issuer } from "../support/issuer.ts";
import { createManualClock } from "../support/manual-clock.ts";

const MINUTE = 60_000;
const REFRESH = 5 * MINUTE;
const STALE = 60 * MINUTE;
const COOLDOWN = 30_000;

async function stage() {
  const issuer = await createIssuer();
  const clock = createManualClock(Date.now());
  const log = createCapturedLog();
  const keys = createRemoteKeys({
    url: issuer.jwksUrl,
    clock,
    log,
    refreshAfter: REFRESH,
    reliedOnFor: STALE,
    cooldown: COOLDOWN,
  });
  const rules: Rules = {
    issuer: issuer.issuer,
    audiences: [AUDIENCE],
    algorithms: ["RS256"],
    keys,
    clockTolerance: 0,
    tokenType: undefined,
    requiredClaims: {},
    actor: { idClaim: "sub", idPrefix: "", foldCase: false, ids: undefined, type: "HUMAN" },
    groups: { claim: undefined, prefix: "" },
  };
  const identify = createJwts([rules], clock);
  const token = async (issuedBy: Issuer = issuer, header = {}) =>
    await issuedBy.token({ sub: "alice", exp: Math.floor(clock.now() / 1000) + 3600 }, header);
  /** How a call by a token ends: its actor, or why it is refused. */
  const call = async (given: string | Promise<string> = token()) => {
    try {
      return (await identify(await given)).actor.id;
    } catch (error) {
      return (error as { readonly reason: string }).reason;
    }
  };
  return { issuer, clock, log, call, token };
}

describe("keys by URL", () => {
  test("are fetched once for many callers, and kept", async () => {
    const { issuer, call } = await stage();
    expect(new Set(await Promise.all(Array.from({ length: 50 }, () => call())))).toEqual(new Set(["alice"]));
    expect(issuer.asked()).toBe(1);
    expect(await call()).toBe("alice");
    expect(issuer.asked()).toBe(1);
  });

  test("are fetched anew as they grow old, so that a key which the issuer withdrew is not relied on", async () => {
    const { issuer, clock, call, token } = await stage();
    const old = await token();
    expect(await call(old)).toBe("alice");
    await issuer.rotate({ keepOld: false });
    clock.advance(REFRESH - 1);
    expect(await call(old)).toBe("alice");
    clock.advance(1);
    expect(await call(old)).toBe("UNAUTHENTICATED");
    expect(await call()).toBe("alice");
  });

  test("are fetched when a token names a new one", async () => {
    const { issuer, clock, call, token } = await stage();
    const old = await token();
    expect(await call(old)).toBe("alice");
    await issuer.rotate();
    clock.advance(COOLDOWN);
    expect(await call()).toBe("alice");
    expect(await call(old)).toBe("alice");
    expect(issuer.asked()).toBe(2);
  });

  test("a flood of unknown keys costs one fetch in each cooldown, and no valid caller anything", async () => {
    const { issuer, clock, call, token } = await stage();
    expect(await call()).toBe("alice");
    for (let round = 1; round <= 5; round++) {
      const flood = Array.from({ length: 100 }, (_, i) => token(issuer, { kid: `forged-${round}-${i}` }));
      const seen = await Promise.all([...flood.map(async (each) => await call(each)), call()]);
      expect(seen.filter((each) => each === "alice")).toHaveLength(1);
      expect(seen.filter((each) => each === "UNAUTHENTICATED")).toHaveLength(100);
      expect(issuer.asked(), `round ${round}`).toBe(round);
      clock.advance(COOLDOWN);
    }
  });
});

test("an issuer whose certificate nobody vouches for is told of with where its authority goes", async () => {
  const log = createCapturedLog();
  const cause = Object.assign(new Error("self-signed certificate"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  const keys = createRemoteKeys({
    url: "https://login.example.com/keys",
    clock: createManualClock(),
    log,
    refreshAfter: 1,
    reliedOnFor: 1,
    cooldown: 1,
    fetchText: () => Promise.reject(new TypeError("fetch failed", { cause })),
  });
  await expect(keys.current()).rejects.toMatchObject({ reason: "IDENTITY_UNAVAILABLE" });
  expect(log.lines[0]?.facts["problem"]).toMatch(/^fetch failed: self-signed certificate \(.*NODE_EXTRA_CA_CERTS\)$/);
});

describe.each<Answering>(["failing", "garbage", "redirecting", "hugely", "endlessly", "never"])(
  "an issuer that answers %s",
  (how) => {
    test("lets nobody in at first, and is asked again before long, but not by every caller", async () => {
      const { issuer, clock, log, call } = await stage();
      issuer.answer(how);
      expect(new Set(await Promise.all([call(), call()]))).toEqual(new Set(["IDENTITY_UNAVAILABLE"]));
      expect(await call()).toBe("IDENTITY_UNAVAILABLE");
      expect(issuer.asked()).toBe(1);
      expect(log.lines).toMatchObject([{ level: "warn", message: "the keys of an issuer cannot be fetched" }]);
      issuer.answer("well");
      clock.advance(ASK_AGAIN_AFTER);
      expect(await call()).toBe("alice");
    });

    test("is believed for what it said last, for a limited time, and then nobody gets in", async () => {
      const { issuer, clock, call } = await stage();
      expect(await call()).toBe("alice");
      issuer.answer(how);
      clock.advance(REFRESH);
      expect(await call()).toBe("alice");
      const asked = issuer.asked();
      expect(await call()).toBe("alice");
      expect(issuer.asked(), "not by every caller").toBe(asked);
      clock.advance(STALE - REFRESH - 1);
      expect(await call()).toBe("alice");
      clock.advance(1);
      expect(await call()).toBe("IDENTITY_UNAVAILABLE");
      issuer.answer("well");
      clock.advance(COOLDOWN);
      expect(await call()).toBe("alice");
    });
  },
);

test("an issuer that is slow costs a caller a few seconds at most", async () => {
  const { issuer, call } = await stage();
  issuer.answer("never");
  const from = performance.now();
  expect(await call()).toBe("IDENTITY_UNAVAILABLE");
  expect(performance.now() - from).toBeLessThan(FETCH_WITHIN + 5_000);
});
