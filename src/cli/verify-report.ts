import type { VerificationReport } from "../evidence/verification-report.ts";
import { type Output, safe } from "./output.ts";

const MARKS = { PASS: ["✓", "green"], FAIL: ["✗", "red"], NOT_CHECKED: ["–", "dim"] } as const;

/** The checks as a list that a compliance officer can read. */
export function showReport({ verdict, checks, decisionId, bindingDigest }: VerificationReport, output: Output): void {
  output.line(`decision        ${safe(decisionId) || "could not be read"}`);
  output.line(`binding digest  ${safe(bindingDigest) || "could not be recomputed"}`);
  output.line();
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, description, status, expected, actual, detail } of checks) {
    const [mark, colour] = MARKS[status];
    output.line(
      `${output.style(colour, `${mark} ${status.replace("_", " ").padEnd(11)}`)}  ${name.padEnd(width)}  ${description}`,
    );
    if (status === "PASS") continue;
    const indent = " ".repeat(17 + width);
    if (detail !== "") output.line(`${indent}${safe(detail)}`);
    if (status === "FAIL" && (expected !== "" || actual !== "")) {
      output.line(`${indent}expected ${safe(expected) || "nothing"}`);
      output.line(`${indent}actual   ${safe(actual) || "nothing"}`);
    }
  }
  const failed = checks.filter(({ status }) => status === "FAIL").length;
  output.line();
  output.line(
    verdict === "CONSISTENT"
      ? `${output.style(["green", "bold"], "CONSISTENT")}: everything that could be recomputed agrees. Who made the package is not proven: it carries no signature that was checked.`
      : `${output.style(["red", "bold"], "BROKEN")}: ${failed} check${failed === 1 ? "" : "s"} failed. Do not rely on this package.`,
  );
}
