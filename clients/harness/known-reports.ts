// What a verifier has to say of testdata/audit-packages, question by question, and what it said, in the same terms.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ROOT } from "./verifier-programs.ts";

const FOLDER = join(ROOT, "testdata", "audit-packages");
const TRUST = {
  nobody: "-",
  server: join(FOLDER, "trust", "server.json"),
  everybody: join(FOLDER, "trust", "everybody.json"),
};

const Expected = z.object({
  verdict: z.string(),
  notPassed: z.record(z.string(), z.string()),
  signers: z.array(z.string()),
});
const Known = z.object({
  checks: z.array(z.string()),
  packages: z.array(
    z.object({
      file: z.string(),
      what: z.string(),
      reports: z.object({ nobody: Expected, server: Expected, everybody: Expected }),
    }),
  ),
});
const Report = z.object({
  verdict: z.string(),
  checks: z.record(z.string(), z.string()),
  signers: z.array(z.string()),
});

/** What verifiers agree on, by what it is called in the table: the status of every check, their order, verdict and signers. */
export type Facts = ReadonlyMap<string, string>;

/** One package by one trust policy. */
export interface Question {
  readonly what: string;
  /** As verify-many reads it. */
  readonly line: string;
  readonly expected: Facts;
}

export function readQuestions(): readonly Question[] {
  const { checks, packages } = Known.parse(JSON.parse(readFileSync(join(FOLDER, "expected.json"), "utf8")));
  return packages.flatMap(({ file, what, reports }) =>
    (["nobody", "server", "everybody"] as const).map((by) => {
      const { verdict, notPassed, signers } = reports[by];
      const statuses = Object.fromEntries(checks.map((name) => [name, notPassed[name] ?? "PASS"]));
      return {
        what: `${file} (${what}), by ${by}`,
        line: `${join(FOLDER, file)}\t${TRUST[by]}\n`,
        expected: factsOf({ verdict, checks: statuses, signers }),
      };
    }),
  );
}

/** What a line of an answer says; nothing if it is not what verify-many prints. */
export function readAnswer(line: string): Facts {
  try {
    return factsOf(Report.parse(JSON.parse(line)));
  } catch {
    return new Map();
  }
}

function factsOf({ verdict, checks, signers }: z.infer<typeof Report>): Facts {
  return new Map([
    ...Object.entries(checks),
    ["order of checks", Object.keys(checks).join(" ")],
    ["signers", signers.join(", ")],
    ["verdict", verdict],
  ]);
}
