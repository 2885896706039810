import { describe, expect, test } from "vitest";
import { type ClientCertificate, type Identity, UNKNOWN_PEER } from "../../src/app/authenticator.ts";
import { createOneCredentialAuthenticator, MAX_TOKEN_LENGTH, type Methods } from "../../src/identity/one-credential.ts";

const who = (id: string): Identity => ({ actor: { type: "SYSTEM", id }, groups: [], delegate: undefined });
const bearer: Methods["bearer"] = async (token) => who(`bearer-${token}`);
const certificate: Methods["certificate"] = () => who("certificate");
const development: Methods["development"] = { authenticate: async () => who("claimed") };
const NONE: Methods = { bearer: undefined, certificate: undefined, development: undefined };
const SHOWN: ClientCertificate = { subjectAltName: "", validTo: 0, problem: undefined };

async function called(
  methods: Partial<Methods>,
  headers: Record<string, string>,
  peer = UNKNOWN_PEER,
): Promise<string> {
  const { actor } = await createOneCredentialAuthenticator({ ...NONE, ...methods }).authenticate(
    new Headers(headers),
    peer,
  );
  return actor.id;
}

const withCertificate = { certificate: SHOWN, isStale: false };
const refused = (words: string) => ({ reason: "UNAUTHENTICATED", message: expect.stringContaining(words) });

describe("one credential", () => {
  test("of each kind is taken where it is configured", async () => {
    const all = { bearer, certificate, development };
    expect(await called(all, { authorization: "Bearer abc" })).toBe("bearer-abc");
    expect(await called(all, { authorization: "bearer abc==" })).toBe("bearer-abc==");
    expect(await called(all, {}, withCertificate)).toBe("certificate");
    expect(await called(all, { "nexus-actor": "human:a" })).toBe("claimed");
  });

  test("none is refused, and says what is taken", async () => {
    await expect(called({ bearer, certificate }, {})).rejects.toMatchObject(
      refused("takes a bearer token in the metadata authorization, or a client certificate."),
    );
  });

  test.each([
    ["a token and a certificate", { authorization: "Bearer a" }, withCertificate],
    ["a token and a claimed name", { authorization: "Bearer a", "nexus-actor": "human:a" }, UNKNOWN_PEER],
    ["a certificate and a claimed name", { "nexus-actor": "human:a" }, withCertificate],
    ["a certificate and claimed groups", { "nexus-groups": "sre" }, withCertificate],
    ["a certificate and an empty authorization", { authorization: "" }, withCertificate],
  ])("two are refused: %s", async (_, headers, peer) => {
    await expect(called({ bearer, certificate, development }, headers, peer)).rejects.toMatchObject(
      refused("one credential only"),
    );
  });

  test.each([
    ["a token", { certificate }, { authorization: "Bearer a" }],
    ["a claimed name", { bearer }, { "nexus-actor": "human:a" }],
    ["claimed groups", { bearer }, { "nexus-groups": "sre" }],
  ])("one of a kind that is not configured is refused, not ignored: %s", async (_, methods, headers) => {
    await expect(called(methods, headers)).rejects.toMatchObject(refused("does not take"));
  });

  test.each([
    ["two that were joined", "Bearer a, Bearer b"],
    ["another scheme", "Basic YTpi"],
    ["no scheme", "abc"],
    ["two words", "Bearer a b"],
    ["nothing behind it", "Bearer "],
    ["letters beyond ASCII", "Bearer \u00e9"],
  ])("an authorization that is %s is refused", async (_, authorization) => {
    await expect(called({ bearer }, { authorization })).rejects.toMatchObject(refused("Bearer"));
  });

  test("a token over size is not looked at", async () => {
    await expect(called({ bearer }, { authorization: `Bearer ${"a".repeat(MAX_TOKEN_LENGTH)}` })).rejects.toMatchObject(
      refused("longer than"),
    );
  });

  test.each(["authorization-bin", "nexus-actor-bin", "nexus-groups-bin", "x-nexus-on-behalf-of-bin"])(
    "%s is refused",
    async (name) => {
      await expect(called({ bearer }, { authorization: "Bearer a", [name]: "aHVtYW46YQ" })).rejects.toMatchObject(
        refused(name),
      );
    },
  );

  test("a certificate that was judged under other trust has to be shown again", async () => {
    await expect(called({ certificate }, {}, { certificate: SHOWN, isStale: true })).rejects.toMatchObject({
      reason: "IDENTITY_UNAVAILABLE",
    });
  });

  test("where callers are believed and nothing is proved, a token proves nothing and is in nobody's way", async () => {
    expect(await called({ development }, { "nexus-actor": "human:a", authorization: "Bearer a" })).toBe("claimed");
  });
});
