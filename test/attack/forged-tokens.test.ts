import { createHash, createHmac, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { JWTPayload } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { refusalOf } from "../e2e/refusal.ts";
import { bearer, type SecureStage, secureStage } from "../e2e/secure-server.ts";
import { AUDIENCE } from "../support/issuer.ts";
import { type Protocol, type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";

const PROTOCOLS: readonly Protocol[] = ["grpc", "connect", "grpc-web"];

let stage: SecureStage;
let server: ServerUnderTest;
beforeEach(async () => {
  stage = await secureStage();
  server = await serverUnderTest({ config: stage.config });
});

const part = (value: object | string) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const tls = () => ({ ca: stage.authority.ca });
const claims = (more: object = {}) => ({
  iss: stage.issuer.issuer,
  aud: AUDIENCE,
  sub: "alice",
  exp: Math.floor(Date.now() / 1000) + 600,
  ...more,
});
const kid = () => String(stage.issuer.published().keys[0]?.kid);

/** Somebody else's key pair, and a token signed by it. */
function strangers(header: object, payload: object = claims()) {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const input = `${part({ alg: "RS256", kid: kid(), ...header })}.${part(payload)}`;
  return {
    jwk: pair.publicKey.export({ format: "jwk" }),
    token: `${input}.${sign("sha256", Buffer.from(input), pair.privateKey).toString("base64url")}`,
  };
}

async function refusedEverywhere(token: string): Promise<void> {
  for (const protocol of PROTOCOLS) {
    const { decisions } = server.as(undefined, { protocol, headers: bearer(token), tls: tls() });
    const { code, reason, message } = await refusalOf(decisions.listDecisions({}));
    expect({ code, reason }, protocol).toEqual({ code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    for (const piece of token.split(".").filter((each) => each.length > 8)) expect(message).not.toContain(piece);
  }
}

test("a token of the issuer's opens every protocol, so that the refusals below are for what is wrong with theirs", async () => {
  const headers = bearer(await stage.issuer.token({ sub: "alice" }));
  for (const protocol of PROTOCOLS)
    await server.as(undefined, { protocol, headers, tls: tls() }).decisions.listDecisions({});
});

describe("is refused by every protocol:", () => {
  test("no algorithm, in every spelling, with and without something in the signature's place", async () => {
    for (const alg of ["none", "None", "NONE", "nOnE", "", " none", "null"])
      for (const signature of ["", part("x")])
        await refusedEverywhere(`${part({ alg, kid: kid() })}.${part(claims())}.${signature}`);
  });

  test("the issuer's public key as a shared secret", async () => {
    const [jwk] = stage.issuer.published().keys;
    const pem = createPublicKey({ key: jwk ?? {}, format: "jwk" }).export({ type: "spki", format: "pem" });
    for (const secret of [pem, JSON.stringify(jwk), String(jwk?.n)]) {
      const input = `${part({ alg: "HS256", kid: kid() })}.${part(claims())}`;
      await refusedEverywhere(`${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`);
    }
  });

  test("a key that the token brings along, by value, by address or by certificate; and none is fetched", async () => {
    const { jwk } = strangers({});
    const asked = stage.issuer.asked();
    for (const header of [
      { jwk },
      { jku: `${stage.issuer.issuer}/keys` },
      { x5u: `${stage.issuer.issuer}/certificate` },
      { x5c: [Buffer.from("certificate").toString("base64")] },
      { x5t: createHash("sha1").update("x").digest("base64url") },
      { jwk, jku: `${stage.issuer.issuer}/keys`, kid: undefined },
    ])
      await refusedEverywhere(strangers(header).token);
    // The keys of the configuration were fetched, once; the addresses in the tokens lead nowhere.
    expect(stage.issuer.asked() - asked).toBeLessThanOrEqual(1);
  });

  test.each([
    ["another issuer", { iss: "https://evil.example" }],
    ["no issuer", { iss: undefined }],
    ["another audience", { aud: "somebody-else" }],
    ["audiences of which none is ours", { aud: ["a", "b"] }],
    ["a time that has passed", { exp: 1 }],
    ["a time that is none", { exp: "tomorrow" as unknown as number }],
    ["a time that never comes", { exp: 1e300 }],
    ["a time in milliseconds", { exp: Date.now() + 600_000 }],
    ["a beginning that is to come", { nbf: Math.floor(Date.now() / 1000) + 3_600 }],
    ["the moment of its making to come", { iat: Math.floor(Date.now() / 1000) + 3_600 }],
    ["no subject", { sub: undefined }],
    ["the server's own name", { sub: "nexus-attest" }],
    ["an object for a subject", { sub: { toString: "alice" } as unknown as string }],
  ] as readonly (readonly [string, JWTPayload])[])("signed by the issuer itself, with %s", async (_, more) => {
    await refusedEverywhere(await stage.issuer.token({ sub: "alice", ...more }));
  });

  test("extensions that the server would have to understand, and claims that are not encoded, signed by the issuer itself", async () => {
    const payload = JSON.stringify(claims());
    for (const more of [
      { crit: ["exp"] },
      { crit: ["b64"], b64: false },
      { b64: false },
      { crit: [] },
      { crit: "exp" },
      { crit: ["exotic"], exotic: 1 },
    ])
      await refusedEverywhere(stage.issuer.signed(JSON.stringify({ alg: "RS256", kid: kid(), ...more }), payload));
  });

  test("what can be read in two ways, although the issuer has signed it: one reading is not another's", async () => {
    const header = JSON.stringify({ alg: "RS256", kid: kid() });
    const payload = JSON.stringify(claims());
    const headers = bearer(stage.issuer.signed(header, payload));
    await server.as(undefined, { headers, tls: tls() }).decisions.listDecisions({});
    for (const token of [
      stage.issuer.signed(header, `${payload.slice(0, -1)},"sub":"root"}`),
      stage.issuer.signed(header, `{"\\u0073ub":"root",${payload.slice(1)}`),
      stage.issuer.signed(header, `{"exp":1,${payload.slice(1)}`),
      stage.issuer.signed(header, `{"aud":"elsewhere",${payload.slice(1)}`),
      stage.issuer.signed(`{"alg":"none",${header.slice(1)}`, payload),
      stage.issuer.signed(header, `\ufeff${payload}`),
      `${stage.issuer.signed(header, payload)}==`,
    ])
      await refusedEverywhere(token);
  });

  test("tokens that are huge, deep, empty, cut short or in other forms", async () => {
    for (const token of [
      `${part({ alg: "RS256" })}.${part({ sub: "x".repeat(8_000) })}.x`,
      `${part({ alg: "RS256", kid: kid() })}.${part("[".repeat(4_000))}.${part("x")}`,
      // Nobody's JSON: looking for its names must not take long.
      `${part(`"${"a".repeat(4_000)}`)}.${part(claims())}.${part("x")}`,
      `${part(`{"${"\\\\a".repeat(1_000)}`)}.${part(claims())}.${part("x")}`,
      "a",
      "..",
      `${part({ alg: "RS256" })}..`,
      `${part({ alg: "dir", enc: "A256GCM" })}.a.b.c.d`,
      part({ payload: part(claims()), signatures: [] }),
      "nxa_",
      `nxa_${"0".repeat(60)}`,
    ])
      await refusedEverywhere(token);
  });
});

test("a flood of keys that nobody knows costs the issuer one question, and those with a good token nothing", async () => {
  const good = bearer(await stage.issuer.token({ sub: "alice" }));
  const calls = server.as(undefined, { headers: good, tls: tls() });
  await calls.decisions.listDecisions({});
  const asked = stage.issuer.asked();
  const flood = Array.from({ length: 100 }, async (_, i) => {
    const { token } =
      i < 5
        ? strangers({ kid: `k${i}` })
        : { token: `${part({ alg: "RS256", kid: `k${i}` })}.${part(claims())}.${part("x")}` };
    return await refusalOf(server.as(undefined, { headers: bearer(token), tls: tls() }).decisions.listDecisions({}));
  });
  const between = Promise.all(Array.from({ length: 20 }, () => calls.decisions.listDecisions({})));
  const refusals = await Promise.all(flood);
  await between;
  expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(["Unauthenticated"]));
  expect(stage.issuer.asked() - asked).toBeLessThanOrEqual(1);
}, 120_000);
