// Verifies every file named in a list, a path a line, and behind a tab that of a trust policy if there is one; prints one JSON object a line: the verdict, the
// status of every check in its order, and the signers. It spares the comparison of two verifiers a start of the program for each of thousands of packages.
import { readFileSync } from "node:fs";
import { readTrustPolicy } from "../../src/evidence/read-trust-policy.ts";
import type { TrustPolicy } from "../../src/evidence/trust-policy.ts";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";

const policies = new Map<string, TrustPolicy>();

function policyOf(file: string): TrustPolicy {
  const policy = policies.get(file) ?? readTrustPolicy(readFileSync(file, "utf8"));
  policies.set(file, policy);
  return policy;
}

const [list = ""] = process.argv.slice(2);
for (const line of readFileSync(list, "utf8").split("\n").filter(Boolean)) {
  const [file = "", trust] = line.split("\t");
  const { verdict, checks, signers } = verifyAuditPackage(
    readFileSync(file),
    trust === undefined ? undefined : policyOf(trust),
  );
  const statuses = Object.fromEntries(checks.map(({ name, status }) => [name, status]));
  process.stdout.write(`${JSON.stringify({ verdict, statuses, signers })}\n`);
}
