import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { EventType } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import { BlockingCode, DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { PolicySchema } from "../../gen/ts/nexus/attest/v1/policy_pb.ts";
import { FINDINGS } from "../../src/exchange/findings.ts";
import { LOSSES } from "../../src/exchange/losses.ts";
import { METHODS, ORIGIN_FIELD } from "../../src/exchange/python-format.ts";

const page = readFileSync(new URL("../../docs/nexus-attest-python.md", import.meta.url), "utf8");

/** The rows of the table under a heading, cell by cell. */
function rows(heading: string): string[][] {
  const [, text] = page.split(`\n## ${heading}\n`);
  if (text === undefined) throw new Error(`the page has no heading "${heading}"`);
  const [section = ""] = text.split(/\n## /, 1);
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| |(?: )?\|$/g, "").trim()));
}

const namesUnder = (heading: string) => rows(heading).map(([name = ""]) => name.replaceAll("`", ""));
const names = (wireEnum: object) =>
  Object.keys(wireEnum).filter((name) => Number.isNaN(Number(name)) && name !== "UNSPECIFIED");

describe("docs/nexus-attest-python.md", () => {
  test("tells of every event, state, policy field and blocking reason", () => {
    expect(namesUnder("The two logs, event by event")).toEqual(names(EventType));
    expect(namesUnder("States")).toEqual(names(DecisionState));
    expect(namesUnder("The policy")).toEqual(PolicySchema.fields.map(({ name }) => name));
    expect(namesUnder("Blocking reasons").toSorted()).toEqual(names(BlockingCode).toSorted());
  });

  test("lists every loss and every finding in the words of the code", () => {
    const told = (table: object) => Object.entries(table).map(([name, words]) => [`\`${name}\``, words]);
    expect(rows("What is lost there")).toEqual(told(LOSSES));
    expect(rows("What a file proves")).toEqual(told(FINDINGS));
  });

  test("names what our files are known by", () => {
    expect(page).toContain(`\`${ORIGIN_FIELD}\``);
    for (const { theirs, ours } of Object.values(METHODS))
      for (const method of [theirs, ours]) expect(page).toContain(method);
  });
});
