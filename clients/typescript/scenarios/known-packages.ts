// Holds the verifier in TypeScript against testdata/audit-packages: every check of every package, by every trust policy.
//   known-packages.ts [BUNDLE]     as it is installed, or from a bundle made for browsers, in which there is nothing of Node
import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import type { Report, readTrustPolicy, TrustPolicy, verify } from "@nexus-attest/client/verify";

interface Verifier {
  readonly verify: typeof verify;
  readonly readTrustPolicy: typeof readTrustPolicy;
}
interface Expected {
  readonly verdict: string;
  readonly notPassed: Readonly<Record<string, string>>;
  readonly signers: readonly string[];
}
interface Known {
  readonly checks: readonly string[];
  readonly packages: readonly {
    readonly file: string;
    readonly what: string;
    readonly reports: Readonly<Record<"nobody" | "server" | "everybody", Expected>>;
  }[];
}

const [bundle] = process.argv.slice(2);
const verifier: Verifier =
  bundle === undefined ? await import("@nexus-attest/client/verify") : bundled(readFileSync(bundle, "utf8"));
const known = JSON.parse(read("expected.json").toString()) as Known;
const trusted: Readonly<Record<keyof Known["packages"][number]["reports"], TrustPolicy | undefined>> = {
  nobody: undefined,
  server: verifier.readTrustPolicy(read("trust/server.json")),
  everybody: verifier.readTrustPolicy(read("trust/everybody.json")),
};

let passed = 0;
let failed = 0;
for (const { file, what, reports } of known.packages)
  for (const by of ["nobody", "server", "everybody"] as const) {
    const wrong = differences(verifier.verify(read(file), trusted[by]), reports[by]);
    if (wrong.length > 0) console.log(`FAIL  ${file} (${what}), by ${by}: ${wrong.join("; ")}`);
    if (wrong.length > 0) failed += 1;
    else passed += 1;
  }
console.log(`${passed} passed, ${failed} failed`);
process.exit(passed > 0 && failed === 0 ? 0 : 1);

function differences({ verdict, checks, signers }: Report, expected: Expected): string[] {
  const names = checks.map(({ name }) => name);
  if (names.join() !== known.checks.join()) return [`other checks than ${known.checks.join()}: ${names.join()}`];
  const signed = signers.map(({ role, name }) => `${role} ${name}`);
  return [
    ...checks.flatMap(({ name, status }) => differs(name, status, expected.notPassed[name] ?? "PASS")),
    ...differs("verdict", verdict, expected.verdict),
    ...differs("signers", signed.join(), expected.signers.join()),
  ];
}

function differs(what: string, found: string, expected: string): string[] {
  return found === expected ? [] : [`${what} ${found}, expected ${expected}`];
}

function read(file: string): Buffer {
  return readFileSync(new URL(`../../../testdata/audit-packages/${file}`, import.meta.url));
}

/** What a bundle gives where there are the globals of ECMAScript, and of the web just these two. */
function bundled(script: string): Verifier {
  const context = createContext({ TextDecoder, TextEncoder });
  runInContext(script, context);
  return runInContext("verifier", context) as Verifier;
}
