import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { createProgram } from "../../src/cli/program.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

interface Page {
  /** Its path below the root. */
  readonly path: string;
  /** Without what stands in code. */
  readonly prose: string;
  /** What stands in code: blocks line by line, and each piece within a line. */
  readonly code: readonly string[];
  readonly anchors: ReadonlySet<string>;
}

const pages: readonly Page[] = [
  "README.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join("docs", path)),
].map(readPage);

function readPage(path: string): Page {
  const prose: string[] = [];
  const code: string[] = [];
  const headings: string[] = [];
  let isFenced = false;
  for (const line of readFileSync(join(ROOT, path), "utf8").split("\n")) {
    if (line.startsWith("```")) isFenced = !isFenced;
    else if (isFenced || line.startsWith("    ")) code.push(line.trim());
    else {
      if (/^#+ /.test(line)) headings.push(line.replace(/^#+ /, ""));
      code.push(...[...line.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text));
      prose.push(line.replaceAll(/`[^`]*`/g, (text) => text.replaceAll(/[[\]()]/g, "")));
    }
  }
  return { path, prose: prose.join("\n"), code, anchors: anchorsOf(headings) };
}

/** As GitHub makes them: lower case, without punctuation, and numbered where a heading comes again. */
function anchorsOf(headings: readonly string[]): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const heading of headings) {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again++) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

function brokenLinks({ path, prose, anchors }: Page): string[] {
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [file = "", anchor] = target.split("#", 2);
      const linked = file === "" ? path : join(dirname(path), file);
      if (linked.startsWith("..") || !existsSync(join(ROOT, linked))) return true;
      if (anchor === undefined) return false;
      return file === ""
        ? !anchors.has(anchor)
        : pages.find((page) => page.path === linked)?.anchors.has(anchor) !== true;
    });
}

const program = createProgram(() => undefined);

/** What is wrong with a call of the command line; undefined: nothing. */
function wrongCall(call: string): string | undefined {
  const [name = "", ...rest] = call.split(/\s+/);
  const first = program.commands.find((each) => each.name() === name);
  const isGroup = first !== undefined && first.commands.length > 0;
  const command = isGroup ? first.commands.find((each) => each.name() === rest[0]) : first;
  if (command === undefined) return `nexus-attest ${call}: there is no such command`;
  const known = [...program.options, ...command.options].flatMap(({ long, short }) => [long, short]);
  const unknown = rest.find((word) => /^--?[a-z]/.test(word) && !known.includes(word) && word !== "--help");
  return unknown === undefined ? undefined : `nexus-attest ${call}: there is no ${unknown}`;
}

/** Calls of the command line in a piece of code, each up to its end. The line that a server prints is none. */
function callsIn(code: string): readonly string[] {
  if (/^(- )?nexus-attest serves on /.test(code)) return [];
  return [...code.matchAll(/(?:^|[\s$/])nexus-attest ([a-z][^#|&;>)]*)/g)].map(([, call = ""]) => call.trim());
}

describe.each(pages.map((page) => [page.path, page] as const))("%s", (_path, page) => {
  test("every relative link leads somewhere, and every anchor", () => {
    expect(brokenLinks(page)).toEqual([]);
  });

  test("every npm script that it names exists, and what the script runs", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const named = page.code.flatMap((code) => [...code.matchAll(/\bnpm (?:run )?([a-z:]+)/g)]);
    const wrong = named
      .map(([, name = ""]) => name)
      .filter((name) => !["audit", "ci", "install", "pack"].includes(name))
      .filter((name) => {
        const files = scripts[name]?.match(/\b(?:[a-z-]+\/)+[a-z-]+\.m?[jt]s\b/g);
        return scripts[name] === undefined || files?.every((file) => existsSync(join(ROOT, file))) === false;
      });
    expect(wrong).toEqual([]);
  });

  test("every command and option of nexus-attest that it names exists", () => {
    const wrong = page.code.flatMap(callsIn).map(wrongCall);
    expect(wrong.filter((each) => each !== undefined)).toEqual([]);
  });

  test("every file of the project that it names in code exists", () => {
    const named = page.code.flatMap(
      (code) => code.match(/(?<![\w./-])(?:src|test|scripts|proto|examples)\/[\w./-]*/g) ?? [],
    );
    const missing = named.filter((path) => {
      const file = join(ROOT, path.replace(/[.,]$/, ""));
      return !existsSync(file) || statSync(file).isDirectory() !== path.endsWith("/");
    });
    expect(missing).toEqual([]);
  });
});

describe("docs/architecture.md", () => {
  test("every name that it gives for a file stands in that file", () => {
    const text = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
    const rows = [...text.matchAll(/^\| `(src\/[\w/-]+\.ts)` \| ([^|]+) \|/gm)];
    expect(rows.length).toBeGreaterThan(20);
    const wrong = rows.flatMap(([, file = "", names = ""]) => {
      const source = readFileSync(join(ROOT, file), "utf8");
      const all = [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
      return all.filter((name) => !new RegExp(`\\b${name}\\b`).test(source)).map((name) => `${file}: ${name}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe("docs/decisions", () => {
  test("are numbered without a gap, and begin with their number", () => {
    const files = pages.map(({ path }) => path).filter((path) => path.startsWith("docs/decisions/"));
    for (const [index, path] of files.toSorted().entries()) {
      const name = relative("docs/decisions", path);
      expect(name).toMatch(new RegExp(`^${String(index + 1).padStart(4, "0")}-[a-z0-9-]+\\.md$`));
      expect(readFileSync(join(ROOT, path), "utf8")).toMatch(new RegExp(`^# ${index + 1}\\. `));
    }
  });
});
