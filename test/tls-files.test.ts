import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { configSchema } from "../src/config/schema.ts";
import { readTlsFiles } from "../src/tls-files.ts";
import { tlsWarnings } from "../src/tls-warnings.ts";
import { createAuthority } from "./support/certificates.ts";

const directory = mkdtempSync(join(tmpdir(), "nexus-attest-test-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const authority = createAuthority(directory);
const good = authority.issue("good", { san: "DNS:localhost", usage: "serverAuth" });
const other = authority.issue("other", { san: "DNS:localhost", usage: "serverAuth" });
const locked = join(directory, "locked.key");
const PASSPHRASE = ["-aes256", "-passout", "pass:secret"];
execFileSync("openssl", ["pkey", "-in", good.keyFile, ...PASSPHRASE, "-out", locked], { stdio: "ignore" });

function reading(tls: object, auth: object = {}) {
  const config = configSchema.parse({
    tls: { certFile: good.certFile, keyFile: good.keyFile, ...tls },
    auth: { ...auth },
  });
  return () => readTlsFiles(config);
}

describe("files for TLS that cannot be used are told of by key and file, and with what to do", () => {
  test.each<[string, object, string]>([
    [
      "is not there",
      { certFile: "/not/there" },
      "tls.certFile: the file /not/there cannot be read: there is no such file.",
    ],
    [
      "is not below here",
      { keyFile: "s/x.key" },
      `there is no such file. Relative paths start at the working directory, ${process.cwd()}.`,
    ],
    ["is a directory", { keyFile: directory }, `tls.keyFile: the file ${directory} cannot be read: it is a directory.`],
    ["holds a key", { certFile: good.keyFile }, `tls.certFile: the file ${good.keyFile} holds no certificate in PEM`],
    [
      "holds a certificate",
      { keyFile: good.certFile },
      `tls.keyFile: the file ${good.certFile} holds no private key in PEM`,
    ],
    [
      "has a passphrase",
      { keyFile: locked },
      `tls.keyFile: the key in ${locked} has a passphrase, and nobody is there to type it: openssl pkey`,
    ],
    [
      "is another's",
      { keyFile: other.keyFile },
      `tls.keyFile: the key in ${other.keyFile} does not belong to the certificate in ${good.certFile}`,
    ],
  ])("one %s", (_, tls, words) => {
    expect(reading(tls)).toThrow(words);
  });

  test("authorities of clients that are none", () => {
    const mtls = { caFile: good.keyFile, actors: [{ san: "URI:x", type: "system", id: "x" }] };
    expect(reading({}, { mtls })).toThrow(`auth.mtls.caFile: the file ${good.keyFile} holds no certificate in PEM`);
  });

  test("good ones are read", () => {
    expect(reading({})()?.cert).toBe(good.cert);
  });
});

describe("what keeps clients away is told as the server starts", () => {
  const NOW = Date.UTC(2026, 10, 26);
  const warnings = (name: string, options: object, mode = 0o600) => {
    const { certFile, keyFile, cert } = authority.issue(name, {
      san: "DNS:localhost",
      usage: "serverAuth",
      ...options,
    });
    chmodSync(keyFile, mode);
    return tlsWarnings({ certFile, keyFile, minVersion: "1.3" }, cert, NOW);
  };

  test.each<[string, object, string]>([
    [
      "expired",
      { validity: ["20250101000000Z", "20260101000000Z"] },
      "expired at 2026-01-01T00:00:00.000Z by this machine's clock (2026-11-26T00:00:00.000Z)",
    ],
    ["early", { validity: ["20270101000000Z", "20280101000000Z"] }, "valid from 2027-01-01T00:00:00.000Z on"],
    ["clients", { usage: "clientAuth", validity: ["20260101000000Z", "20280101000000Z"] }, "is not for servers"],
  ])("a certificate that is %s", (name, options, words) => {
    expect(warnings(name, options)).toEqual([expect.stringContaining(words)]);
  });

  test("a key that others may read; and nothing of one that is as it should be", () => {
    const options = { validity: ["20260101000000Z", "20280101000000Z"] };
    expect(warnings("open", options, 0o644)).toEqual([
      expect.stringMatching(/^tls\.keyFile: others .* \(mode 0644\): chmod 600/),
    ]);
    expect(warnings("fine", options)).toEqual([]);
  });
});

test("openssl's own words are left for what nobody here can tell better", () => {
  const crlFile = join(directory, "crl.pem");
  writeFileSync(crlFile, "rubbish");
  const mtls = { caFile: authority.caFile, crlFile, actors: [{ san: "URI:x", type: "system", id: "x" }] };
  expect(reading({}, { mtls })).toThrow("tls: the certificates, keys and revocation lists do not fit together");
});
