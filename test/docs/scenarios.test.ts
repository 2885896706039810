import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readCatalogue } from "../../clients/harness/catalogue.ts";
import { resultIn } from "../../clients/harness/results.ts";

/** How a client's sources list a scenario: its number and its name. */
const SOURCES = {
  Python: ["clients/python/tests/scenarios.py", /^@scenario\((\d+), "(.*)"\)$/gm],
  Go: ["clients/go/scenarios/main.go", /^\t\{(\d+), "(.*?)", /gm],
  TypeScript: ["clients/typescript/scenarios/scenarios.ts", /^ {2}\[\s*(\d+),\s*"(.*?)",/gm],
  Rust: ["clients/rust/examples/scenarios.rs", /^ {8}\((\d+), "(.*?)", Box/gm],
  Java: [
    "clients/java/src/scenarios/java/io/nexusattest/scenarios/Main.java",
    /^ {10}new Scenario\((\d+), "(.*?)", /gm,
  ],
} as const;

const catalogue = readCatalogue();
const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

describe("clients/scenarios.md", () => {
  test("has clients in every language, and numbers without a gap", () => {
    expect([...(catalogue[0]?.clients.keys() ?? [])].filter((client) => client !== "TypeScript (web)")).toEqual(
      Object.keys(SOURCES),
    );
    expect(catalogue.map(({ number }) => number)).toEqual(catalogue.map((_, i) => i + 1));
  });

  test.each(Object.entries(SOURCES))("says what is tried in %s, under the same names", (client, [path, listed]) => {
    const source = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
    const tried = [...source.matchAll(listed)].map(([, number, name = ""]) => `${number} ${capitalized(name)}`);
    const said = catalogue.filter(({ clients }) => clients.get(client) === "yes");
    expect(tried).toEqual(said.map(({ number, name }) => `${number} ${name}`));
  });

  test("gives a reason where something is not tried", () => {
    const reasons = catalogue.flatMap(({ clients }) => [...clients.values()]).filter((mark) => mark !== "yes");
    for (const reason of reasons) expect(reason).toMatch(/^(is|has) .+/);
  });
});

describe("a line of a client's scenarios", () => {
  test("says what became of one", () => {
    expect(resultIn("ok    7 a deadline ends the call (not the run) (2.1 s)", "Go")).toEqual({
      number: 7,
      name: "a deadline ends the call (not the run)",
      client: "Go",
      ok: true,
      milliseconds: 2100,
    });
    expect(resultIn("FAIL 12 a watch has no gap: found [1 3]", "Go")).toMatchObject({ number: 12, ok: false });
  });

  test.each(["12 passed, 0 failed", "okay", "FAILED", "    at check (scenarios.ts:74:11)", "ok 7 cut off ("])(
    "%s: says nothing of one",
    (line) => expect(resultIn(line, "Go")).toBeUndefined(),
  );
});
