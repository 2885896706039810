// The command nexus-attest-verify as it is installed: what it says, where, and its exit codes.
//   command.ts PROGRAM
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [program = ""] = process.argv.slice(2);
const examples = fileURLToPath(new URL("../../../docs/examples/", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "nexus-attest-command."));
const signed = join(examples, "audit-package.signed.json");
const embedded = join(examples, "audit-package.embedded.json");
const trust = join(examples, "trust-policy.json");
const unknown = join(work, "unknown.json");
const spoken = join(work, "spoken.json");
const large = join(work, "large.json");
writeFileSync(unknown, `${readFileSync(signed, "utf8").slice(0, -1)},"zzz":1}`);
writeFileSync(
  spoken,
  readFileSync(signed, "utf8").replace(/"decisionId":"[0-9a-f]{32}"/g, '"decisionId":"a\\u001b[2J\u202eb"'),
);
writeFileSync(large, Buffer.alloc(64 * 1024 * 1024 + 2, " "));

interface Case {
  readonly typed: readonly string[];
  readonly code: number;
  readonly says: string;
  readonly input?: string;
}

const CASES: readonly Case[] = [
  { typed: [signed], code: 0, says: "CONSISTENT: everything that could be recomputed agrees." },
  { typed: [signed, "--trust", trust], code: 0, says: "AUTHENTIC: made by the example's server" },
  { typed: [`--trust=${trust}`, "--json", signed], code: 0, says: '"verdict": "VERDICT_AUTHENTIC"' },
  { typed: ["--trust", trust, "--", signed], code: 0, says: "signed by server the example's server, sha256:06e3fd8f" },
  { typed: ["-", "--trust", trust], code: 0, says: "AUTHENTIC: ", input: readFileSync(signed, "utf8") },
  { typed: [signed, "--trust", "-"], code: 0, says: "AUTHENTIC: ", input: readFileSync(trust, "utf8") },
  { typed: [embedded, "--trust", trust], code: 9, says: "it carries no signature of a server that could be checked" },
  { typed: [unknown, "--trust", trust], code: 9, says: "it holds fields that this verifier does not know" },
  { typed: [spoken], code: 7, says: "decision        a\\u001b[2J\\u202eb" },
  { typed: ["-"], code: 7, says: "BROKEN: 1 check failed.", input: "no package" },
  { typed: ["-"], code: 7, says: "it is larger than 67108864 bytes", input: readFileSync(large, "latin1") },
  { typed: [large], code: 7, says: "it is larger than 67108864 bytes" },
  { typed: [signed, "--trust", signed], code: 2, says: "is no trust policy that can be used: " },
  { typed: [signed, "--trust", large], code: 2, says: "it is larger than 1048576 bytes" },
  { typed: ["none.json"], code: 2, says: "none.json cannot be read: there is no such file" },
  { typed: ["none\u001b[2J.json"], code: 2, says: "none\\u001b[2J.json cannot be read" },
  { typed: ["."], code: 2, says: ". cannot be read" },
  { typed: [], code: 2, says: "exactly one file" },
  { typed: [signed, signed], code: 2, says: "exactly one file" },
  { typed: [signed, "--trust"], code: 2, says: "--trust" },
  { typed: [signed, "--trust="], code: 2, says: "--trust needs a file" },
  { typed: ["-", "--trust", "-"], code: 2, says: "cannot both be standard input" },
  { typed: [signed, "--turst", trust], code: 2, says: "--turst" },
  { typed: ["--help"], code: 0, says: "usage: nexus-attest-verify FILE" },
];

let failed = 0;
for (const { typed, code, says, input = "" } of CASES) {
  const { status, stdout, stderr } = spawnSync(program, typed, { input, encoding: "utf8" });
  const found = code === 2 ? stderr : stdout;
  const isRight = status === code && found.includes(says) && (code === 2 ? stdout : stderr) === "";
  if (isRight) continue;
  failed += 1;
  console.log(
    `FAIL  ${typed.join(" ")}: exit code ${status}, not ${code}: ${stdout.slice(0, 500)}${stderr.slice(0, 500)}`,
  );
}
rmSync(work, { recursive: true });
console.log(`${CASES.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
