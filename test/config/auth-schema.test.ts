import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { believesCallers } from "../../src/config/auth-schema.ts";
import { ConfigError, type LoadedConfig, loadConfig } from "../../src/config/load-config.ts";
import { printConfig } from "../../src/config/print-config.ts";
import { newServiceToken } from "../../src/identity/service-token.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const HASH = `sha256:${"0".repeat(64)}`;
const TOKENS = [{ service: "pipeline", hash: HASH }];
const TLS = { certFile: "c.pem", keyFile: "k.pem" };
const ISSUER = { issuer: "https://i.example", audience: ["a"], jwksUrl: "https://i.example/keys", type: "human" };
const MTLS = { caFile: "ca.pem", actors: [{ san: "URI:spiffe://a/*", type: "system", id: "*" }] };

function load(config: object): LoadedConfig {
  const file = join(temporaryDirectory(), "nexus-attest.yaml");
  writeFileSync(file, stringify(config));
  return loadConfig(file, {});
}

function problem(config: object): string {
  try {
    load(config);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the configuration was taken");
}

describe("who is believed", () => {
  test.each([
    [{}, true],
    [{ tokens: TOKENS }, false],
    [{ jwt: [ISSUER] }, false],
    [{ tokens: TOKENS, development: true }, true],
    [{ development: true }, true],
    [{ onBehalfOf: [{ service: "portal", people: ["*@a"] }] }, true],
  ])("%j", (auth, believed) => {
    expect(believesCallers(load({ auth }).config.auth)).toBe(believed);
  });

  test("nobody at all is no configuration", () => {
    expect(problem({ auth: { development: false } })).toContain("auth.development");
  });
});

describe("a server that others can reach", () => {
  test.each(["0.0.0.0:7350", "192.168.1.5:7350", "[::]:7350", "example.com:7350"])(
    "%s takes TLS and identities that are proved",
    (listen) => {
      expect(problem({ listen })).toContain("development identity");
      expect(problem({ listen, tls: TLS })).toContain("development identity");
      expect(problem({ listen, auth: { tokens: TOKENS } })).toContain(
        "or tls: identities must not travel in the clear",
      );
      expect(problem({ listen, tls: TLS, auth: { tokens: TOKENS, development: true } })).toContain(
        "development identity",
      );
      for (const auth of [{ tokens: TOKENS }, { jwt: [ISSUER] }, { mtls: MTLS }])
        expect(load({ listen, tls: TLS, auth }).config.listen).toBe(listen);
    },
  );

  test("on loopback either will do, behind a proxy that speaks TLS", () => {
    expect(load({ auth: { tokens: TOKENS } }).config.listen).toBe("127.0.0.1:7350");
    expect(load({ tls: TLS }).config.tls?.minVersion).toBe("1.3");
  });

  test("client certificates come with TLS only", () => {
    expect(problem({ auth: { mtls: MTLS } })).toContain("auth.mtls");
  });
});

describe("mistakes are told by key and line", () => {
  const jwt = (more: object) => ({ auth: { jwt: [{ ...ISSUER, ...more }] } });
  test.each<readonly [string, object, string]>([
    ["keys from nowhere", jwt({ jwksUrl: undefined }), "auth.jwt[0].jwksUrl"],
    ["keys from two places", jwt({ jwksFile: "f" }), "auth.jwt[0].jwksUrl"],
    ["keys over the network in the clear", jwt({ jwksUrl: "http://i.example/keys" }), "an https URL"],
    [
      "keys from a name that only begins like loopback",
      jwt({ jwksUrl: "http://127.0.0.1.evil.example/" }),
      "an https URL",
    ],
    ["no URL", jwt({ jwksUrl: "keys" }), "auth.jwt[0].jwksUrl"],
    ["a shared secret's algorithm", jwt({ algorithms: ["HS256"] }), "auth.jwt[0].algorithms[0]"],
    ["no algorithm at all", jwt({ algorithms: ["none"] }), "auth.jwt[0].algorithms[0]"],
    ["an empty list of algorithms", jwt({ algorithms: [] }), "auth.jwt[0].algorithms"],
    ["no audience", jwt({ audience: [] }), "auth.jwt[0].audience"],
    ["neither person nor program", jwt({ type: undefined }), "auth.jwt[0].type"],
    ["both", jwt({ typeFrom: { claim: "c", human: ["a"] } }), "auth.jwt[0].type"],
    [
      "a value for people and programs",
      jwt({ type: undefined, typeFrom: { claim: "c", human: ["a"], system: ["a"] } }),
      '"a" is for both',
    ],
    ["a tolerance of hours", jwt({ clockToleranceSeconds: 3600 }), "clockToleranceSeconds"],
    ["a prefix with capitals", jwt({ idPrefix: "Corp:" }), "idPrefix"],
    ["two stars", jwt({ ids: ["*@*"] }), "one * at most"],
    ["one audience twice", { auth: { jwt: [ISSUER, ISSUER] } }, "auth.jwt[1].audience"],
    ["a token's service with capitals", { auth: { tokens: [{ service: "CI", hash: HASH }] } }, "capital letters"],
    ["the server as a service", { auth: { tokens: [{ service: "nexus-attest", hash: HASH }] } }, "server itself"],
    ["one hash twice", { auth: { tokens: [...TOKENS, { service: "other", hash: HASH }] } }, "auth.tokens[1].hash"],
    ["an end that is no time", { auth: { tokens: [{ ...TOKENS[0], expires: "tomorrow" }] } }, "auth.tokens[0].expires"],
    [
      "a certificate's name without a kind",
      { tls: TLS, auth: { mtls: { ...MTLS, actors: [{ san: "x", type: "human", id: "x" }] } } },
      "subject alternative name",
    ],
    [
      "a star that stands for nothing",
      { tls: TLS, auth: { mtls: { ...MTLS, actors: [{ san: "URI:x", type: "human", id: "*" }] } } },
      "a * only where san has one",
    ],
    [
      "a group that no policy can name",
      { auth: { tokens: [{ ...TOKENS[0], groups: ["a b"] }] } },
      "auth.tokens[0].groups[0]",
    ],
    ["a key that is not there", { auth: { passwords: [] } }, "auth.passwords"],
    ["nobody to act for", { auth: { onBehalfOf: [{ service: "a", people: [] }] } }, "auth.onBehalfOf[0].people"],
  ])("%s", (_, config, words) => {
    const said = problem(config);
    expect(said).toContain(words);
    expect(said).toMatch(/line \d+/);
  });

  test("a token that stands where its hash belongs is not told", () => {
    const token = newServiceToken();
    const said = problem({ auth: { tokens: [{ service: "ci", hash: token }] } });
    expect(said).toContain("auth.tokens[0].hash");
    expect(said).not.toContain(token);
  });
});

test("--print-config can be read again", () => {
  const loaded = load({ tls: TLS, auth: { jwt: [ISSUER], mtls: MTLS, tokens: TOKENS } });
  const file = join(temporaryDirectory(), "again.yaml");
  writeFileSync(file, printConfig(loaded));
  expect(loadConfig(file, {}).config).toEqual(loaded.config);
});
