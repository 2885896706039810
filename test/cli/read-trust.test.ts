import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readTrust } from "../../src/cli/read-trust.ts";

const folder = mkdtempSync(join(tmpdir(), "nexus-attest-trust-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const policy = readFileSync(new URL("../../testdata/audit-packages/trust/server.json", import.meta.url));

function read(bytes: Uint8Array) {
  const file = join(folder, "trust.json");
  writeFileSync(file, bytes);
  return readTrust(file);
}

test("a trust policy is read as it stands in its file", () => {
  expect(read(policy)).toMatchObject({
    text: policy.toString("utf8"),
    trust: { serverKeys: [{ name: "the server" }] },
  });
});

test.each([
  ["a byte order mark", Buffer.concat([Buffer.from("efbbbf", "hex"), policy])],
  ["bytes that are not UTF-8", Buffer.from(policy.toString("latin1").replace("the server", "th\u00e9"), "latin1")],
])("one with %s is none that can be used", (_, bytes) => {
  expect(() => read(bytes)).toThrow(/is no trust policy that can be used/);
});
