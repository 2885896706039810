import type { CheckResult, Report } from "../report.js";
import { printable } from "./printable.js";

const MARKS = { PASS: "✓", FAIL: "✗", NOT_CHECKED: "–" } as const;

/** The list of checks that a compliance officer can read. */
export function asText(report: Report, isTrusting: boolean): string {
  const width = Math.max(...report.checks.map(({ name }) => name.length));
  return [
    `decision        ${printable(report.decisionId) || "could not be read"}`,
    `binding digest  ${report.bindingDigest || "could not be recomputed"}`,
    "",
    ...report.checks.flatMap((check) => linesOf(check, width)),
    "",
    ...report.signers.map(
      ({ role, name, keyId }) => `signed by ${role.toLowerCase()} ${printable(name) || "(without a name)"}, ${keyId}`,
    ),
    `${report.verdict}: ${inWords(report, isTrusting)}`,
    "",
  ].join("\n");
}

function linesOf({ name, description, status, expected, actual, detail }: CheckResult, width: number): string[] {
  const indent = " ".repeat(width + 17);
  const compares = status === "FAIL" && (expected !== "" || actual !== "");
  return [
    `${MARKS[status]} ${status.replace("_", " ").padEnd(11)}  ${name.padEnd(width)}  ${description}`,
    ...(status !== "PASS" && detail !== "" ? [`${indent}${printable(detail)}`] : []),
    ...(compares ? [`${indent}expected ${printable(expected) || "nothing"}`] : []),
    ...(compares ? [`${indent}actual   ${printable(actual) || "nothing"}`] : []),
  ];
}

function inWords({ verdict, checks, signers }: Report, isTrusting: boolean): string {
  if (verdict === "AUTHENTIC") {
    const name = signers.find(({ role }) => role === "SERVER")?.name ?? "";
    return `made by ${printable(name) || "a server"}, whose key the trust policy names, and unchanged since.`;
  }
  if (verdict === "BROKEN") {
    const failed = checks.filter(({ status }) => status === "FAIL").length;
    return `${failed} check${failed === 1 ? "" : "s"} failed. Do not rely on this package.`;
  }
  return `everything that could be recomputed agrees. Who made the package is not proven: ${whyNot(checks, isTrusting)}.`;
}

function whyNot(checks: readonly CheckResult[], isTrusting: boolean): string {
  if (!isTrusting) return "no trust policy says whose signature to believe (--trust FILE)";
  const isSigned = checks.some(({ name, status }) => name === "server_signature" && status === "PASS");
  return isSigned
    ? "it holds fields that this verifier does not know, and cannot judge"
    : "it carries no signature of a server that could be checked";
}
