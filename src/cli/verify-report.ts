import type { TrustPolicy } from "../evidence/trust-policy.ts";
import type { VerificationReport } from "../evidence/verification-report.ts";
import { type Output, safe } from "./output.ts";

const MARKS = { PASS: ["✓", "green"], FAIL: ["✗", "red"], NOT_CHECKED: ["–", "dim"] } as const;

/** The checks as a list that a compliance officer can read. */
export function showReport(
  report: VerificationReport,
  kind: "bundle" | "package",
  trust: TrustPolicy | undefined,
  output: Output,
): void {
  const { checks, decisionId, bindingDigest, signers } = report;
  output.line(`decision        ${safe(decisionId) || "could not be read"}`);
  if (kind === "package") output.line(`binding digest  ${safe(bindingDigest) || "could not be recomputed"}`);
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
  output.line();
  for (const { role, name, keyId } of signers)
    output.line(`signed by ${role.toLowerCase()} ${safe(name) || "(without a name)"}, ${keyId}`);
  output.line(verdictInWords(report, kind, trust, output));
}

function verdictInWords(
  { verdict, checks, signers }: VerificationReport,
  kind: "bundle" | "package",
  trust: TrustPolicy | undefined,
  output: Output,
) {
  switch (verdict) {
    case "AUTHENTIC": {
      const server = signers.find(({ role }) => role === "SERVER");
      return `${output.style(["green", "bold"], verdict)}: made by ${safe(server?.name ?? "") || "a server"}, whose key the trust policy names, and unchanged since.`;
    }
    case "CONSISTENT": {
      const why =
        trust === undefined
          ? "no trust policy says whose signature to believe (--trust FILE)"
          : checks.some(({ name, status }) => name === "server_signature" && status === "PASS")
            ? "it holds fields that this verifier does not know, and cannot judge"
            : "it carries no signature of a server that could be checked";
      const colour = trust === undefined ? "green" : "yellow";
      return `${output.style([colour, "bold"], verdict)}: everything that could be recomputed agrees. Who made the ${kind} is not proven: ${why}.`;
    }
    case "BROKEN": {
      const failed = checks.filter(({ status }) => status === "FAIL").length;
      return `${output.style(["red", "bold"], verdict)}: ${failed} check${failed === 1 ? "" : "s"} failed. Do not rely on this ${kind}.`;
    }
  }
}
