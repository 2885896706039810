import { readTrustPolicy } from "../../../src/evidence/read-trust-policy.ts";
import type { TrustPolicy } from "../../../src/evidence/trust-policy.ts";
import type { VerificationReport } from "../../../src/evidence/verification-report.ts";
import { verifyText } from "../forgeries/signing.ts";
import { TRUST, type TrustName } from "./genuine.ts";

/** How an attempt ends: the verdict, and of a broken package the checks that failed, and those that were required and had nothing to pass by. */
export type Ending = string;

const POLICIES: Readonly<Record<TrustName, TrustPolicy | undefined>> = {
  nobody: undefined,
  server: readTrustPolicy(TRUST.server),
  everybody: readTrustPolicy(TRUST.everybody),
};

/** What a verifier says of a package. */
export function verdictOn(text: string, trust: TrustName): VerificationReport {
  return verifyText(text, POLICIES[trust]);
}

/** The same, told once for each, for many adversaries come to the same. */
export function judged(text: string, trust: TrustName): VerificationReport {
  const key = `${trust} ${text}`;
  const report = reports.get(key) ?? verdictOn(text, trust);
  reports.set(key, report);
  return report;
}

const reports = new Map<string, VerificationReport>();

/** Of all that somebody can make of an attempt, what this verifier minds least, and how it ends. Of what it does not mind the shortest. */
export function best(made: readonly string[], trust: TrustName): { readonly text: string; readonly ending: Ending } {
  const ranked = made
    .map((text) => ({ text, report: judged(text, trust) }))
    .toSorted((a, b) => rank(b.report) - rank(a.report) || lengthOf(a) - lengthOf(b));
  const [first] = ranked;
  if (first === undefined) throw new Error("nothing was made");
  return { text: first.text, ending: endingOf(first.report) };
}

function lengthOf({ text, report }: { readonly text: string; readonly report: VerificationReport }): number {
  return report.verdict === "BROKEN" ? 0 : text.length;
}

export function endingOf(report: VerificationReport): Ending {
  if (report.verdict !== "BROKEN") return report.verdict;
  return `BROKEN: ${complaints(report).join(", ")}`;
}

/** Better for the forger is larger. */
function rank(report: VerificationReport): number {
  if (report.verdict === "AUTHENTIC") return 2;
  return report.verdict === "CONSISTENT" ? 1 : -complaints(report).length;
}

function complaints({ checks }: VerificationReport): readonly string[] {
  const failed = checks
    .filter(({ status, name }) => status === "FAIL" && name !== "required_checks")
    .map(({ name }) => name);
  // Where the evidence itself does not hold, that much else could not be judged is no news.
  if (failed.some((name) => !name.endsWith("_signature") && !name.endsWith("_signatures"))) return failed;
  const required = checks.find(({ name, status }) => name === "required_checks" && status === "FAIL");
  const named = required?.actual.split(/[ ,]+/) ?? [];
  const missing = checks.filter(({ name, status }) => status === "NOT_CHECKED" && named.includes(name));
  return [...failed, ...missing.map(({ name }) => `no ${name}`)];
}
