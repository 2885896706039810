import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type ConfigError, loadConfig } from "../../src/config/load-config.ts";
import { configSchema } from "../../src/config/schema.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const ROUTER = { name: "far", url: "https://router.example.com:7400", adapters: ["remote"] };

/** What is wrong with a router's entry: where, and in what words. */
function problemsOf(entry: object): readonly string[] {
  const { error } = configSchema.safeParse({ routers: [{ ...ROUTER, ...entry }] });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("a router's address", () => {
  test.each([
    {},
    { url: "http://127.0.0.1:7400" },
    { url: "http://[::1]:7400" },
    { url: "http://localhost:7400", token: { env: "T" } },
    { url: "http://router.example.com:7400", allowPlaintext: true },
    { tls: { caFile: "ca.pem" } },
    {
      tls: {
        caFile: "ca.pem",
        crlFile: "crl.pem",
        serverName: "router.example.com",
        certFile: "c.pem",
        keyFile: "k.pem",
        minVersion: "1.2",
      },
    },
    { tls: { certFile: "c.pem", keyFile: "k.pem" }, token: { file: "token" } },
  ])("%j is taken", (entry) => {
    expect(problemsOf(entry)).toEqual([]);
  });

  test.each<[entry: object, problem: RegExp]>([
    [
      { url: "http://router.example.com:7400" },
      /^routers\.0\.url: an https address, one on loopback .*, or allowPlaintext: true$/,
    ],
    [{ url: "http://10.0.0.5:7400" }, /^routers\.0\.url: an https address/],
    [{ url: "http://127.0.0.1.example.com:7400" }, /^routers\.0\.url: an https address/],
    [{ url: "http://localhost.example.com" }, /^routers\.0\.url: an https address/],
    [{ url: "http://0.0.0.0:7400" }, /^routers\.0\.url: an https address/],
    [
      { url: "http://r.example.com", allowPlaintext: true, token: { env: "T" } },
      /^routers\.0\.url: .*a token must not travel in the clear$/,
    ],
    [
      { url: "http://127.0.0.1:1", tls: { caFile: "ca.pem" } },
      /^routers\.0\.url: an https address: with tls nothing is said in the clear$/,
    ],
    [{ url: "https://me:secret@router.example.com" }, /^routers\.0\.url: an address without a name and a password/],
    [{ url: "ftp://router.example.com" }, /^routers\.0\.url: /],
    [{ url: "nonsense" }, /^routers\.0\.url: /],
    [{ tls: { certFile: "c.pem" } }, /^routers\.0\.tls: certFile and keyFile, or neither$/],
    [{ tls: { crlFile: "crl.pem" } }, /^routers\.0\.tls\.crlFile: caFile as well: /],
    [{ tls: { keyFile: "k.pem" } }, /^routers\.0\.tls: certFile and keyFile, or neither$/],
    [{ tls: { serverName: "10.0.0.5" } }, /^routers\.0\.tls\.serverName: a host name/],
    [{ tls: { serverName: "a b" } }, /^routers\.0\.tls\.serverName: a host name/],
    [{ tls: { minVersion: "1.1" } }, /^routers\.0\.tls\.minVersion: /],
    [{ tls: { rejectUnauthorized: false } }, /^routers\.0\.tls: Unrecognized key/],
    [{ token: "s3cret" }, /^routers\.0\.token: \{env: NAME\} or \{file: PATH\}: the token itself must not stand here$/],
  ])("%j is refused", (entry, problem) => {
    expect(problemsOf(entry)).toEqual([expect.stringMatching(problem)]);
  });

  test("two routers of one name are refused: credentials are reloaded by name", () => {
    const { error } = configSchema.safeParse({ routers: [ROUTER, { ...ROUTER, adapters: ["other"] }] });
    expect(error?.issues).toMatchObject([{ path: ["routers", 1, "name"], message: "a name that no other router has" }]);
  });
});

test("a token that was written where only its place belongs is in no error", () => {
  const file = join(temporaryDirectory(), "nexus-attest.yaml");
  writeFileSync(
    file,
    stringify({
      routers: [
        { ...ROUTER, token: "s3cret-4711" },
        { ...ROUTER, token: { fil: "s3cret-4711" } },
      ],
    }),
  );
  let message = "";
  try {
    loadConfig(file, {});
  } catch (error) {
    ({ message } = error as ConfigError);
  }
  expect(message).toMatch(
    /routers\[0\]\.token .*got something that is not shown, wants \{env: NAME\} or \{file: PATH\}/,
  );
  expect(message).not.toContain("s3cret");
});
