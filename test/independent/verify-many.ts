// Verifies every file named in a list, a path a line, and prints one JSON object a line: the verdict and the status of every check in its order.
// It spares the comparison of two verifiers a start of the program for each of thousands of packages.
import { readFileSync } from "node:fs";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";

const [list = ""] = process.argv.slice(2);
for (const file of readFileSync(list, "utf8").split("\n").filter(Boolean)) {
  const { verdict, checks } = verifyAuditPackage(readFileSync(file));
  const statuses = Object.fromEntries(checks.map(({ name, status }) => [name, status]));
  process.stdout.write(`${JSON.stringify({ verdict, statuses })}\n`);
}
