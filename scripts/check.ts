// Everything about the sources that can be checked without running the product. Each check prints one line; a failed one prints what it said.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastRelease, schemaOf } from "./last-release.ts";

interface Check {
  readonly name: string;
  readonly run: () => Outcome;
}

interface Outcome {
  /** "skipped": nobody can say; the words say why. */
  readonly status: "passed" | "failed" | "skipped";
  readonly words: string;
}

const checks: readonly Check[] = [
  { name: "types", run: () => command("tsc", "--noEmit", "-p", ".") },
  { name: "lint", run: () => command("oxlint", "--type-aware", "--deny-warnings") },
  { name: "format", run: () => command("biome", "check") },
  { name: "schema lint", run: () => command("buf", "lint") },
  { name: "schema format", run: () => command("buf", "format", "--diff", "--exit-code", "proto") },
  { name: "schema breaking changes", run: breaking },
  { name: "generated code", run: generated },
  { name: "dependencies", run: () => command("node", "scripts/check-dependencies.ts") },
  { name: "known holes in dependencies", run: advisories },
  { name: "architecture", run: () => command("vitest", "run", "test/architecture.test.ts") },
];

let passed = 0;
let failed = 0;
for (const { name, run } of checks) {
  const { status, words } = run();
  if (status === "passed") passed += 1;
  if (status === "failed") failed += 1;
  process.stdout.write(`${status.padEnd(8)}${name}${status === "skipped" ? `: ${words.trim()}` : ""}\n`);
  if (status === "failed") process.stdout.write(`${words.trimEnd()}\n`);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function command(program: string, ...args: readonly string[]): Outcome {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  return { status: status === 0 ? "passed" : "failed", words: `${stdout}${stderr}${error?.message ?? ""}` };
}

/** Against the last release: what a client generated from it relies on has to stay. */
function breaking(): Outcome {
  return command("buf", "breaking", "proto", "--exclude-imports", "--against", schemaOf(lastRelease()));
}

/** What the registry knows of holes in what the lock pins. Where it is not to be asked nothing is known, which is not the same as that there are none. */
function advisories(): Outcome {
  const { stdout } = spawnSync(
    "npm",
    ["audit", "--json", "--audit-level=low", "--fetch-retries=0", "--fetch-timeout=20000"],
    {
      encoding: "utf8",
    },
  );
  const { metadata } = parsed(stdout) as {
    readonly metadata?: { readonly vulnerabilities: Readonly<Record<string, number>> };
  };
  if (metadata === undefined)
    return { status: "skipped", words: "the registry was not asked, or did not answer: nobody knows" };
  const { total = 0 } = metadata.vulnerabilities;
  return { status: total === 0 ? "passed" : "failed", words: `${total} known: npm audit says which\n` };
}

function parsed(json: string): object {
  try {
    return JSON.parse(json) as object;
  } catch {
    return {};
  }
}

/** Generates anew beside the tree and compares. */
function generated(): Outcome {
  const directory = mkdtempSync(join(tmpdir(), "nexus-attest-generated-"));
  try {
    const made = command("buf", "generate", "--output", directory);
    return made.status === "passed" ? command("diff", "--recursive", "gen/ts", join(directory, "gen/ts")) : made;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
