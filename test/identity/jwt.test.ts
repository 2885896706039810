import { createHmac, createPublicKey, generateKeyPairSync, KeyObject, sign } from "node:crypto";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import type { Issuer } from "../../src/identity/issuer.ts";
import { createJwts } from "../../src/identity/jwt.ts";
import { createFixedKeys, parseKeySet } from "../../src/identity/key-source.ts";
import { createManualClock } from "../support/manual-clock.ts";

const ISSUER = "https://login.example.com";
const clock = createManualClock();
const now = Math.floor(clock.now() / 1000);
const CLAIMS = { iss: ISSUER, aud: "nexus-attest", sub: "alice", exp: now + 60 };

let jwk: JWK;
let privateKey: CryptoKey;
let stranger: CryptoKey;
beforeAll(async () => {
  const pair = await generateKeyPair("RS256", { extractable: true });
  ({ privateKey } = pair);
  jwk = { ...(await exportJWK(pair.publicKey)), kid: "k1" };
  stranger = (await generateKeyPair("RS256")).privateKey;
});

const issuer = (more: Partial<Issuer> = {}): Issuer => ({
  issuer: ISSUER,
  audiences: ["nexus-attest"],
  algorithms: ["RS256"],
  keys: createFixedKeys(parseKeySet(JSON.stringify({ keys: [jwk] }))),
  clockTolerance: 5_000,
  tokenType: undefined,
  requiredClaims: {},
  actor: { idClaim: "sub", idPrefix: "", foldCase: false, ids: undefined, type: "HUMAN" },
  groups: { claim: "groups", prefix: "" },
  ...more,
});
const actorOf = (more: Partial<Issuer["actor"]>) => ({ actor: { ...issuer().actor, ...more } });

const signed = async (claims: JWTPayload, header: object = {}, key = privateKey) =>
  await new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "k1", ...header }).sign(key);

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

const identify = async (token: string, ...issuers: readonly Issuer[]) =>
  await createJwts(issuers.length === 0 ? [issuer()] : issuers, clock)(token);

async function refusal(token: string | Promise<string>, ...issuers: readonly Issuer[]): Promise<string> {
  const given = await token;
  try {
    await identify(given, ...issuers);
  } catch (error) {
    expect(error).toMatchObject({ reason: "UNAUTHENTICATED" });
    const { message } = error as Error;
    // Nothing of a token may come out in words.
    for (const piece of given.split(".").filter((each) => each.length > 8)) expect(message).not.toContain(piece);
    return message;
  }
  throw new Error("the token was taken");
}

test("a token of the issuer's names its actor, its groups, and its end", async () => {
  expect(await identify(await signed({ ...CLAIMS, groups: ["sre", "a b", 7, "sre", "ops"] }))).toEqual({
    actor: { type: "HUMAN", id: "alice" },
    groups: ["ops", "sre"],
    delegate: undefined,
    validUntil: (now + 65) * 1000,
    source: `jwt:${ISSUER}`,
  });
});

describe("forgeries", () => {
  test.each(["none", "None", "NONE", "nOnE"])("alg %s, without a signature", async (alg) => {
    expect(await refusal(`${part({ alg, kid: "k1" })}.${part(CLAIMS)}.`)).toBeTruthy();
  });

  test("key confusion: HS256 with the public key in every form that a server may hold it", async () => {
    const key = createPublicKey({ key: jwk, format: "jwk" });
    const secrets = [
      key.export({ type: "spki", format: "pem" }),
      key.export({ type: "spki", format: "der" }),
      key.export({ type: "pkcs1", format: "pem" }),
      JSON.stringify(jwk),
      String(jwk.n),
      Buffer.from(String(jwk.n), "base64url"),
    ];
    for (const secret of secrets) {
      const input = `${part({ alg: "HS256", kid: "k1" })}.${part(CLAIMS)}`;
      const mac = createHmac("sha256", secret).update(input).digest("base64url");
      expect(await refusal(`${input}.${mac}`)).toContain("none of the algorithms");
    }
  });

  test("a shared secret in the key set is no key, not even where somebody let its algorithm in", async () => {
    const secret = { kty: "oct", kid: "s1", k: Buffer.alloc(32, 1).toString("base64url") };
    const keys = createFixedKeys(parseKeySet(JSON.stringify({ keys: [jwk, secret] })));
    const input = `${part({ alg: "HS256", kid: "s1" })}.${part(CLAIMS)}`;
    const mac = createHmac("sha256", Buffer.alloc(32, 1)).update(input).digest("base64url");
    expect(await refusal(`${input}.${mac}`, issuer({ keys, algorithms: ["RS256", "HS256"] }))).toBeTruthy();
  });

  test("a key that the token brings along, or points to", async () => {
    const pair = await generateKeyPair("RS256", { extractable: true });
    const own = await exportJWK(pair.publicKey);
    for (const header of [
      { jwk: own },
      { jku: "http://127.0.0.1:1/keys" },
      { x5u: "http://127.0.0.1:1/c" },
      { kid: "../../etc/passwd" },
    ])
      expect(await refusal(signed(CLAIMS, header, pair.privateKey))).toBeTruthy();
  });

  test("another key, under the name of the issuer's", async () => {
    expect(await refusal(signed(CLAIMS, {}, stranger))).toContain("signature");
  });

  test("claims changed after signing, a signature cut off or made longer", async () => {
    const [header = "", , signature = ""] = (await signed(CLAIMS)).split(".");
    expect(await refusal(`${header}.${part({ ...CLAIMS, sub: "root" })}.${signature}`)).toContain("signature");
    const good = await signed(CLAIMS);
    for (const token of [good.slice(0, -4), `${good}AAAA`, `${header}.${part(CLAIMS)}.`, `${good}.x`])
      expect(await refusal(token)).toBeTruthy();
  });

  test("an elliptic signature of zeros (CVE-2022-21449)", async () => {
    const pair = await generateKeyPair("ES256", { extractable: true });
    const keys = createFixedKeys(
      parseKeySet(JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: "k1" }] })),
    );
    const zeros = Buffer.alloc(64).toString("base64url");
    expect(
      await refusal(
        `${part({ alg: "ES256", kid: "k1" })}.${part(CLAIMS)}.${zeros}`,
        issuer({ keys, algorithms: ["ES256"] }),
      ),
    ).toContain("signature");
  });

  test("an RSA key that is too short to be relied on", async () => {
    const pair = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const weak = { ...pair.publicKey.export({ format: "jwk" }), kid: "weak" };
    const keys = createFixedKeys(parseKeySet(JSON.stringify({ keys: [weak] })));
    const input = `${part({ alg: "RS256", kid: "weak" })}.${part(CLAIMS)}`;
    const signature = sign("sha256", Buffer.from(input), pair.privateKey).toString("base64url");
    expect(await refusal(`${input}.${signature}`, issuer({ keys }))).toBeTruthy();
  });

  test("an algorithm that the key is for, but the configuration is not", async () => {
    expect(
      await refusal(new SignJWT(CLAIMS).setProtectedHeader({ alg: "PS256", kid: "k1" }).sign(await ps256())),
    ).toContain("RS256");
  });

  test("a critical extension that nobody knows, and an unencoded payload, signed with the issuer's own key", async () => {
    const key = KeyObject.from(privateKey);
    for (const more of [{ crit: ["exotic"], exotic: true }, { crit: ["b64"], b64: false }, { crit: [] }]) {
      const input = `${part({ alg: "RS256", kid: "k1", ...more })}.${part(CLAIMS)}`;
      expect(await refusal(`${input}.${sign("sha256", Buffer.from(input), key).toString("base64url")}`)).toBeTruthy();
    }
  });

  test.each([
    ["a claim that stands twice", (header: string, claims: string) => [header, `${claims.slice(0, -1)},"sub":"root"}`]],
    ["another time, escaped", (header, claims) => [header, `{"\\u0073ub":"root",${claims.slice(1)}`]],
    ["a claim within a claim", (header, claims) => [header, `{"x":{"a":1,"a":2},${claims.slice(1)}`]],
    ["a member of the header", (header, claims) => [`{"alg":"none",${header.slice(1)}`, claims]],
    ["a mark before the claims", (header, claims) => [header, `\ufeff${claims}`]],
    ["a mark before the header", (header, claims) => [`\ufeff${header}`, claims]],
  ] as const satisfies readonly (readonly [string, (header: string, claims: string) => readonly [string, string]])[])(
    "what can be read in two ways, signed with the issuer's own key: %s",
    async (_, change) => {
      const base64 = (text: string) => Buffer.from(text).toString("base64url");
      const texts = change(JSON.stringify({ alg: "RS256", kid: "k1" }), JSON.stringify(CLAIMS));
      const input = texts.map(base64).join(".");
      const signature = sign("sha256", Buffer.from(input), KeyObject.from(privateKey)).toString("base64url");
      expect(await refusal(`${input}.${signature}`)).toContain("more than one way");
    },
  );

  test("another spelling of the same signature", async () => {
    const good = await signed(CLAIMS);
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const last = alphabet.indexOf(good.slice(-1));
    for (const token of [`${good}==`, ...[1, 2, 4, 8].map((bit) => good.slice(0, -1) + alphabet.charAt(last ^ bit))])
      expect(await refusal(token)).toContain("base64url");
  });

  test("an encrypted token, no token, and odd JSON", async () => {
    for (const token of [
      "a.b.c.d.e",
      "a.b.c",
      "..",
      "abc",
      `${part({})}.${part([] as object)}.x`,
      `${part({ alg: "RS256" })}.${Buffer.from("null").toString("base64url")}.x`,
    ])
      expect(await refusal(token)).toContain("neither a signed JWT");
  });

  async function ps256(): Promise<CryptoKey> {
    return (await generateKeyPair("PS256")).privateKey;
  }
});

describe("claims that do not hold", () => {
  test.each<readonly [string, object, string]>([
    ["another issuer", { iss: "https://evil.example" }, "issuer"],
    [
      "an issuer that only begins alike",
      { iss: `${ISSUER}/` },
      "issuer (iss). It knows one that differs from it by a slash",
    ],
    ["an issuer that is quite another", { iss: `${ISSUER}/x` }, "issuer (iss)."],
    ["issuers in a list", { iss: [ISSUER] }, "issuer"],
    ["another audience", { aud: "another" }, "audience"],
    ["no audience", { aud: undefined }, "audience"],
    ["expired, beyond the tolerance", { exp: now - 5 }, "expired"],
    ["no end", { exp: undefined }, "has no claim exp."],
    ["an end that is a text", { exp: "never" }, "exp"],
    ["an end in milliseconds", { exp: now * 1000 }, "seconds"],
    ["made in the future, beyond the tolerance", { iat: now + 6 }, "iat"],
    ["not valid yet, beyond the tolerance", { nbf: now + 6 }, "is not valid yet (nbf), by this server's clock"],
    ["no subject", { sub: undefined }, "has no claim sub."],
    ["a subject that is a number", { sub: 7 }, ""],
    ["an empty subject", { sub: "" }, "empty"],
    ["a subject with capitals", { sub: "Alice" }, "capital letters"],
    ["a subject that looks like another", { sub: "\u0430lice" }, "beyond ASCII"],
    ["a subject with a zero-width space", { sub: "ali\u200bce" }, "beyond ASCII"],
    ["the server itself", { sub: "nexus-attest" }, "server itself"],
    ["groups that are no list", { groups: "sre" }, "groups"],
    ["too many groups", { groups: Array.from({ length: 65 }, (_, i) => `g${i}`) }, "more than 64"],
  ])("%s", async (_, more, words) => {
    expect(await refusal(signed({ ...CLAIMS, ...more }))).toContain(words);
  });

  test("another type than is wanted, or none", async () => {
    const wanted = issuer({ tokenType: "at+jwt" });
    expect(await refusal(signed(CLAIMS), wanted)).toContain("(typ in its header) that this server takes, at+jwt");
  });

  test("within the tolerance they hold", async () => {
    expect((await identify(await signed({ ...CLAIMS, exp: now - 4, nbf: now + 5, iat: now + 5 }))).actor.id).toBe(
      "alice",
    );
  });

  test("an end that is more than any number", async () => {
    const input = `${part({ alg: "RS256", kid: "k1" })}.${Buffer.from(JSON.stringify(CLAIMS).replace(/"exp":\d+/, '"exp":1e999')).toString("base64url")}`;
    const signature = sign("sha256", Buffer.from(input), KeyObject.from(privateKey)).toString("base64url");
    expect(await refusal(`${input}.${signature}`)).toContain("exp");
  });

  test("of two audiences of the server's configuration a token may have one only", async () => {
    const people = issuer({ audiences: ["people"] });
    const programs = issuer({ audiences: ["programs"], ...actorOf({ type: "SYSTEM" }) });
    expect((await identify(await signed({ ...CLAIMS, aud: "programs" }), people, programs)).actor.type).toBe("SYSTEM");
    expect(await refusal(signed({ ...CLAIMS, aud: ["people", "programs"] }), people, programs)).toContain(
      "more than one",
    );
  });

  test("a token type, where one is wanted", async () => {
    const typed = issuer({ tokenType: "at+jwt" });
    expect((await identify(await signed(CLAIMS, { typ: "at+jwt" }), typed)).actor.id).toBe("alice");
    expect(await refusal(signed(CLAIMS, { typ: "JWT" }), typed)).toContain("typ");
    expect(await refusal(signed(CLAIMS), typed)).toContain("typ");
  });

  test("claims that are required, to the letter", async () => {
    const strict = issuer({ requiredClaims: { tenant: "corp", active: "true" } });
    expect((await identify(await signed({ ...CLAIMS, tenant: "corp", active: true }), strict)).actor.id).toBe("alice");
    expect(await refusal(signed({ ...CLAIMS, tenant: "corp" }), strict)).toContain("active");
    expect(await refusal(signed({ ...CLAIMS, tenant: "Corp", active: true }), strict)).toContain("tenant");
    expect(await refusal(signed({ ...CLAIMS, tenant: ["corp"], active: true }), strict)).toContain("tenant");
    expect(await refusal(signed({ ...CLAIMS, tenant: "corp", active: [true] }), strict)).toContain("active");
    expect(await refusal(signed(CLAIMS), issuer({ requiredClaims: { valueOf: "" } }))).toContain("valueOf");
  });
});

describe("who the actor is", () => {
  test("an address counts once it is verified", async () => {
    const byEmail = issuer(actorOf({ idClaim: "email" }));
    const email = "alice@example.com";
    expect((await identify(await signed({ ...CLAIMS, email, email_verified: true }), byEmail)).actor.id).toBe(email);
    expect((await identify(await signed({ ...CLAIMS, email, email_verified: "true" }), byEmail)).actor.id).toBe(email);
    for (const more of [{}, ...[false, "no", 1, [true], ["true"], null].map((each) => ({ email_verified: each }))])
      expect(await refusal(signed({ ...CLAIMS, email, ...more }), byEmail)).toContain("verified");
  });

  test("capitals are written small where the issuer takes them for the same, and nothing else is", async () => {
    const folding = issuer(actorOf({ foldCase: true, idPrefix: "corp:" }));
    expect((await identify(await signed({ ...CLAIMS, sub: "Alice.B" }), folding)).actor.id).toBe("corp:alice.b");
    // The Kelvin sign and the dotted capital I fold to ASCII letters, or nearly.
    for (const sub of ["\u212aate", "\u0130van", "\u00c4nne"])
      expect(await refusal(signed({ ...CLAIMS, sub }), folding)).toContain("beyond ASCII");
  });

  test("an issuer names only whom it may", async () => {
    const partner = issuer(actorOf({ ids: ["*@partner.com"] }));
    expect((await identify(await signed({ ...CLAIMS, sub: "a@partner.com" }), partner)).actor.id).toBe("a@partner.com");
    expect(await refusal(signed({ ...CLAIMS, sub: "ceo@corp.com" }), partner)).toContain("may give");
  });

  test("person or program is what the configuration makes of a claim, and a token that does not say is nobody's", async () => {
    const typed = issuer(actorOf({ type: { claim: "kind", human: ["user"], system: ["client"] } }));
    expect((await identify(await signed({ ...CLAIMS, kind: "user" }), typed)).actor.type).toBe("HUMAN");
    expect((await identify(await signed({ ...CLAIMS, kind: "client" }), typed)).actor.type).toBe("SYSTEM");
    for (const kind of [undefined, "admin", ["user"], "USER"])
      expect(await refusal(signed({ ...CLAIMS, kind }), typed)).toContain("person or a program");
    const fixed = await identify(await signed({ ...CLAIMS, type: "SYSTEM", actor_type: "ACTOR_TYPE_SYSTEM" }));
    expect(fixed.actor.type).toBe("HUMAN");
  });

  test("a claim is what the token says itself, not what objects have anyway", async () => {
    expect(await refusal(signed(CLAIMS), issuer(actorOf({ idClaim: "constructor" })))).toBeTruthy();
  });

  test("groups are those behind the prefix", async () => {
    const keycloak = issuer({ groups: { claim: "groups", prefix: "/" } });
    const { groups } = await identify(await signed({ ...CLAIMS, groups: ["/sre", "ops", "/a/b", "/"] }), keycloak);
    expect(groups).toEqual(["a/b", "sre"]);
    expect(
      (
        await identify(
          await signed({ ...CLAIMS, groups: ["sre"] }),
          issuer({ groups: { claim: undefined, prefix: "" } }),
        )
      ).groups,
    ).toEqual([]);
  });
});

describe("a key set", () => {
  test("of several keys wants the token to name its own", async () => {
    const other = {
      ...(await exportJWK((await generateKeyPair("RS256", { extractable: true })).publicKey)),
      kid: "k2",
    };
    const keys = createFixedKeys(parseKeySet(JSON.stringify({ keys: [jwk, other] })));
    expect((await identify(await signed(CLAIMS), issuer({ keys }))).actor.id).toBe("alice");
    expect(await refusal(signed(CLAIMS, { kid: undefined }), issuer({ keys }))).toContain("kid");
    expect(await refusal(signed(CLAIMS, { kid: "k2" }), issuer({ keys }))).toContain("signature");
    expect(await refusal(signed(CLAIMS, { kid: "k3" }), issuer({ keys }))).toContain("does not publish");
  });

  test.each([
    ["no JSON", "<html>", "not JSON"],
    ["no list", '{"keys":{}}', "no list"],
    ["null", "null", "no list"],
    ["no keys", '{"keys":[]}', "no public key"],
    ["secrets only", '{"keys":[{"kty":"oct","k":"AA"}]}', "no public key"],
    ["rubbish only", '{"keys":[7,null,{}]}', "no public key"],
    ["too many keys", JSON.stringify({ keys: Array.from({ length: 101 }, () => ({ kty: "RSA" })) }), "more than 100"],
  ])("that is %s is refused in words", (_, text, words) => {
    expect(() => parseKeySet(text)).toThrow(words);
  });
});
