// Holds the verifiers of all languages against testdata/audit-packages: clients/verifiers.md. Prints a table of how many reports are as expected, and
// `N passed, N failed`; exit code 0 only if nothing failed.
//   clients/verifiers-table [--build] [--without LANGUAGE,…] [--if-built LANGUAGE,…] [--programs]
// --without leaves out those named, --if-built those of them whose program is not there yet. With --programs it prints what
// is run for each language, as JSON, in place of running it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { type Facts, type Question, readAnswer, readQuestions } from "./known-reports.ts";
import { ROOT, VERIFIERS, type Verifier } from "./verifier-programs.ts";

/** How many wrong reports of a language are told in full. */
const SHOWN = 5;

/** How one language did. */
interface Result {
  readonly name: string;
  /** How many reports are right about each fact. */
  readonly right: ReadonlyMap<string, number>;
  readonly passed: number;
  readonly seconds: string;
}

const { values } = parseArgs({
  options: {
    build: { type: "boolean" },
    without: { type: "string", default: "" },
    "if-built": { type: "string", default: "" },
    programs: { type: "boolean" },
  },
});
const verifiers = chosen(namesIn(values.without), namesIn(values["if-built"]));
if (values.build === true) for (const verifier of verifiers) await build(verifier);
if (values.programs === true) {
  const programs = verifiers.map(({ name, many, command }) => ({ name, many: many(), command: command() }));
  process.stdout.write(`${JSON.stringify(programs)}\n`);
} else {
  const questions = readQuestions();
  const results: Result[] = [];
  for (const verifier of verifiers) results.push(await ask(verifier, questions));
  printTable(results, questions);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = questions.length * results.length - passed;
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
}

function namesIn(list: string): readonly string[] {
  return list.split(",").filter((name) => name !== "");
}

function chosen(without: readonly string[], ifBuilt: readonly string[]): readonly Verifier[] {
  const unknown = [...without, ...ifBuilt].find((name) => !VERIFIERS.some((verifier) => verifier.name === name));
  const isChosen = ({ name, built }: Verifier) =>
    !without.includes(name) && (!ifBuilt.includes(name) || built() !== "");
  if (unknown === undefined) return VERIFIERS.filter(isChosen);
  throw new TypeError(`there is no verifier ${unknown}, only ${VERIFIERS.map(({ name }) => name).join(", ")}`);
}

async function build({ name, folder, build }: Verifier): Promise<void> {
  for (const [program = "", ...words] of build) {
    const child = spawn(program, words, { cwd: join(ROOT, folder), stdio: ["ignore", process.stderr, "inherit"] });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new Error(`the verifier ${name} cannot be built: ${program} ended with exit code ${code}`);
  }
}

async function ask(verifier: Verifier, questions: readonly Question[]): Promise<Result> {
  const begun = performance.now();
  const answers = verifier.built() === "" ? [] : await answersOf(verifier, questions);
  if (verifier.built() === "") process.stdout.write(`FAIL  ${verifier.name}: there is no program; --build builds it\n`);
  else if (answers.length !== questions.length)
    process.stdout.write(`FAIL  ${verifier.name}: ${answers.length} answers to ${questions.length} questions\n`);
  const right = new Map<string, number>();
  const wrong: string[] = [];
  for (const [index, { what, expected }] of questions.entries()) {
    const found = answers[index] ?? new Map();
    for (const [fact, value] of expected) if (found.get(fact) === value) right.set(fact, (right.get(fact) ?? 0) + 1);
    const problems = differences(expected, found);
    if (problems.length > 0) wrong.push(`FAIL  ${verifier.name}: ${what}: ${problems.join("; ")}\n`);
  }
  for (const line of answers.length === 0 ? [] : wrong.slice(0, SHOWN)) process.stdout.write(line);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  return { name: verifier.name, right, passed: questions.length - wrong.length, seconds };
}

async function answersOf({ name, many }: Verifier, questions: readonly Question[]): Promise<readonly Facts[]> {
  const [program = "", ...words] = many();
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close").catch((error: Error) => [error.message]) as Promise<[number | string | null]>;
  // A program that ends early closes its end of the pipe: what it said and its exit code tell.
  child.stdin.on("error", () => undefined);
  child.stdin.end(questions.map(({ line }) => line).join(""));
  const [lines, [code]] = await Promise.all([text(child.stdout), ended]);
  if (code !== 0) process.stdout.write(`FAIL  ${name}: verify-many ended with ${code}\n`);
  return code === 0 ? lines.split("\n").slice(0, -1).map(readAnswer) : [];
}

function differences(expected: Facts, found: Facts): readonly string[] {
  return [...new Set([...expected.keys(), ...found.keys()])]
    .filter((fact) => expected.get(fact) !== found.get(fact))
    .map((fact) => `${fact} ${found.get(fact) ?? "missing"}, expected ${expected.get(fact) ?? "none"}`);
}

function printTable(results: readonly Result[], questions: readonly Question[]): void {
  const facts = [...(questions[0]?.expected.keys() ?? [])];
  const width = Math.max(...facts.map((fact) => fact.length)) + 2;
  const row = (title: string, cells: readonly string[]) =>
    process.stdout.write(`${title.padEnd(width)}${cells.map((cell) => cell.padStart(14)).join("")}\n`);
  row(
    `of ${questions.length} reports`,
    results.map(({ name }) => name),
  );
  for (const fact of facts)
    row(
      fact,
      results.map(({ right }) => cellOf(right.get(fact) ?? 0, questions.length)),
    );
  process.stdout.write("\n");
  for (const { name, passed, seconds } of results)
    process.stdout.write(
      `${passed === questions.length ? "ok   " : "FAIL "} ${name}: ${passed} of ${questions.length} reports as expected, in ${seconds} s\n`,
    );
}

function cellOf(right: number, all: number): string {
  return right === all ? "all" : `${right}`;
}
