import { execFileSync } from "node:child_process";
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { examples, withWalkthrough } from "../../scripts/signature-examples.ts";
import { readTrustPolicy } from "../../src/evidence/read-trust-policy.ts";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";
import { canonical } from "../evidence/forgeries/forger.ts";
import { packageStatement, preAuthEncoding } from "../evidence/forgeries/signing.ts";

const file = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url));
const page = file("signatures.md").toString();
const signed = file("examples/audit-package.signed.json");
const trust = file("examples/trust-policy.json").toString();
const [, example = ""] = page.split("## A worked example");

/** Public keys of RFC 8032, section 7.1, TEST 1 to 3. */
const PUBLIC = [
  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
];

function spki(publicKey: string): Buffer {
  return Buffer.from(`302a300506032b6570032100${publicKey}`, "hex");
}

describe("docs/signatures.md", () => {
  test("page and files are what the code makes of the example (scripts/signature-examples.ts writes them anew)", () => {
    const made = examples();
    expect(signed.toString()).toBe(made.signed);
    expect(trust).toBe(made.trust);
    expect(page).toBe(withWalkthrough(page, made.walkthrough));
  });

  test("the signed package is the one by reference, signed, and authentic by the trust policy", () => {
    const { signature, ...rest } = JSON.parse(signed.toString());
    expect(canonical(rest)).toBe(file("examples/audit-package.reference.json").toString());
    expect(example).toContain(`\n${JSON.stringify(signature)}\n`);
    expect(verifyAuditPackage(signed, readTrustPolicy(trust))).toMatchObject({
      verdict: "AUTHENTIC",
      signers: [{ name: "the example's server" }],
    });
  });

  test("statements, their digests and signatures recompute without the product's help", () => {
    const statements = [
      ...example.matchAll(
        /```json\n(\{"_type".*)\n```\n\n`(sha256:[0-9a-f]{64})`\n\n.*`(DSSEv1 [^`]*)`.*\n\n```text\n(.*)\n```/g,
      ),
    ];
    expect(statements).toHaveLength(PUBLIC.length);
    for (const [index, [, statement = "", digest, head = "", signature = ""]] of statements.entries()) {
      expect(`sha256:${createHash("sha256").update(statement).digest("hex")}`).toBe(digest);
      expect(canonical(JSON.parse(statement))).toBe(statement);
      const message = preAuthEncoding("application/vnd.in-toto+json", Buffer.from(statement));
      expect(Buffer.from(message).toString()).toBe(head + statement);
      const key = createPublicKey({ key: spki(PUBLIC[index] ?? ""), format: "der", type: "spki" });
      expect(verify(null, message, key, Buffer.from(signature, "base64"))).toBe(true);
    }
    expect(statements[0]?.[1]).toBe(canonical(packageStatement(JSON.parse(signed.toString()))));
  });

  test("the key id is what openssl makes of the key", () => {
    const digest = execFileSync("openssl", ["dgst", "-sha256", "-r"], { input: spki(PUBLIC[0] ?? "") }).toString();
    expect(example).toContain(`sha256:${digest.slice(0, 64)}`);
    expect(page).toContain("302a300506032b6570032100");
  });

  test("the trust policy that it shows is one", () => {
    const [, shown = ""] = /## Trust policies[^]*?```json\n([^]*?)```/.exec(page) ?? [];
    const { serverKeys, approverKeys, requiredChecks } = readTrustPolicy(shown);
    expect([serverKeys.length, approverKeys.size, requiredChecks.length]).toEqual([2, 1, 2]);
  });

  test("its lines can be read, but for the canonical texts and the rows of tables", () => {
    const long = page.split("\n").filter((line) => line.length > 165 && !/^[{|]/.test(line));
    expect(long).toEqual([]);
  });
});
