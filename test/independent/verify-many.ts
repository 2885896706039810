// Verifies many packages with the product's own verifier, by the protocol of clients/verifiers.md.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { readTrustPolicy } from "../../src/evidence/read-trust-policy.ts";
import type { TrustPolicy } from "../../src/evidence/trust-policy.ts";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const policies = new Map<string, TrustPolicy | undefined>([["-", undefined]]);

for await (const line of createInterface({ input: process.stdin })) {
  const [file = "", trust = "-"] = line.split("\t");
  if (!policies.has(trust)) policies.set(trust, readTrustPolicy(utf8.decode(readFileSync(trust))));
  const { verdict, checks, signers } = verifyAuditPackage(readFileSync(file), policies.get(trust));
  process.stdout.write(
    `${JSON.stringify({
      verdict,
      checks: Object.fromEntries(checks.map(({ name, status }) => [name, status])),
      signers: signers.map(({ role, name }) => `${role} ${name}`),
      keyIds: signers.map(({ keyId }) => keyId),
    })}\n`,
  );
}
