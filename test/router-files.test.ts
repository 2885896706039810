import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../src/config/load-config.ts";
import { configSchema } from "../src/config/schema.ts";
import { readRouterCredentials } from "../src/router-files.ts";
import { createAuthority } from "./support/certificates.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

function stage() {
  const directory = temporaryDirectory();
  const authority = createAuthority(directory);
  const rubbish = join(directory, "rubbish");
  writeFileSync(rubbish, "s3cret rubbish");
  const issue = (name: string) => authority.issue(name, { san: `URI:spiffe://test/${name}` });
  return { authority, mine: issue("mine"), other: issue("other"), rubbish };
}

function read(entry: object, environment: Readonly<Record<string, string>> = {}) {
  const router = { name: "far", url: "https://router.example.com", adapters: ["remote"], ...entry };
  const [config] = configSchema.parse({ routers: [router] }).routers;
  if (config === undefined) throw new Error("no router");
  return readRouterCredentials(config, "routers[3]", environment);
}

describe("the credentials of a router", () => {
  test("are read from where the configuration says", () => {
    const { authority, mine } = stage();
    const token = { env: "TOKEN" };
    const tls = { caFile: authority.caFile, certFile: mine.certFile, keyFile: mine.keyFile };
    expect(read({ tls, token }, { TOKEN: "a.b-c~d+e/f==" })).toMatchObject({
      token: "a.b-c~d+e/f==",
      tls: {
        ca: authority.ca,
        client: { cert: mine.cert, key: mine.key },
        minVersion: "TLSv1.3",
        serverName: undefined,
      },
    });
  });

  test("are those that Node knows and nothing of our own, where nothing is said", () => {
    expect(read({})).toMatchObject({
      token: undefined,
      tls: { ca: undefined, client: undefined, minVersion: "TLSv1.3" },
    });
    expect(read({ url: "http://127.0.0.1:1" })).toEqual({ token: undefined, tls: undefined });
  });

  test.each<[entry: (staged: ReturnType<typeof stage>) => object, message: RegExp]>([
    [
      () => ({ tls: { caFile: "/not/there" } }),
      /^routers\[3\]\.tls\.caFile: the file \/not\/there cannot be read: there is no such file\.$/,
    ],
    [
      ({ rubbish }) => ({ tls: { caFile: rubbish } }),
      /^routers\[3\]\.tls: the certificates, the key and the list of what is revoked do not fit together or cannot be read: /,
    ],
    [
      ({ authority, rubbish }) => ({ tls: { caFile: authority.caFile, crlFile: rubbish } }),
      /^routers\[3\]\.tls: .*CRL/,
    ],
    [
      ({ authority }) => ({ tls: { caFile: authority.caFile, crlFile: "/not/there" } }),
      /^routers\[3\]\.tls\.crlFile: the file \/not\/there cannot be read: there is no such file\.$/,
    ],
    [
      ({ mine, other }) => ({ tls: { certFile: mine.certFile, keyFile: other.keyFile } }),
      /^routers\[3\]\.tls: .*key values mismatch/,
    ],
    [({ mine, rubbish }) => ({ tls: { certFile: rubbish, keyFile: mine.keyFile } }), /^routers\[3\]\.tls: /],
    [({ mine, rubbish }) => ({ tls: { certFile: mine.certFile, keyFile: rubbish } }), /^routers\[3\]\.tls: /],
    [() => ({ token: { env: "MISSING" } }), /^routers\[3\]\.token: the environment variable MISSING is not set\.$/],
    [
      () => ({ token: { file: "/not/there" } }),
      /^routers\[3\]\.token: the file \/not\/there cannot be read: there is no such file\.$/,
    ],
    [({ rubbish }) => ({ token: { file: rubbish } }), /^routers\[3\]\.token: what is there is no token: /],
    [() => ({ token: { env: "EMPTY" } }), /^routers\[3\]\.token: what is there is no token: /],
    [() => ({ token: { env: "LINES" } }), /^routers\[3\]\.token: what is there is no token: /],
  ])("%s cannot be used, and nothing of it is quoted", (entry, message) => {
    const staged = stage();
    let problem: unknown;
    try {
      read(entry(staged), { EMPTY: "", LINES: "s3cret\r\nx-more: 1" });
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(ConfigError);
    expect((problem as Error).message).toMatch(message);
    expect((problem as Error).message).not.toContain("s3cret");
  });
});
