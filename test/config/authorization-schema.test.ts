import { describe, expect, test } from "vitest";
import { configSchema } from "../../src/config/schema.ts";

const problemOf = (config: object) => configSchema.safeParse(config).error?.issues[0];

describe("a binding", () => {
  test.each([
    { what: "nobody", binding: { roles: ["auditor"] }, path: "actors" },
    { what: "no role", binding: { roles: [], actors: ["human:a"] }, path: "roles" },
    { what: "a role that there is not", binding: { roles: ["admin"], actors: ["human:a"] }, path: "roles" },
    { what: "an actor without a type", binding: { roles: ["auditor"], actors: ["alice"] }, path: "actors" },
    { what: "an actor with capitals", binding: { roles: ["auditor"], actors: ["human:Alice"] }, path: "actors" },
    { what: "two stars", binding: { roles: ["auditor"], actors: ["human:*@*"] }, path: "actors" },
    {
      what: "a misspelt scope",
      binding: { roles: ["auditor"], actors: ["human:a"], scope: { label: {} } },
      path: "scope",
    },
    { what: "a label for itself", binding: { roles: ["auditor"], actors: ["human:a"], labels: { a: "b" } }, path: "" },
    {
      what: "a scope for keys",
      binding: { roles: ["auditor", "key_admin"], actors: ["human:a"], scope: { labels: { tenant: "red" } } },
      path: "roles",
    },
  ])("of $what is refused", ({ binding, path }) => {
    const problem = problemOf({ authorization: [binding] });
    expect(problem?.path.slice(0, 2)).toEqual(["authorization", 0]);
    expect(problem?.path[2] ?? "").toBe(path);
  });

  test("is not there unless it is written", () => {
    expect(configSchema.parse({}).authorization).toBeUndefined();
    expect(configSchema.parse({ authorization: [] }).authorization).toEqual([]);
  });
});

test("an alias belongs to one person, and a person has two ids at least", () => {
  const withAliases = (aliases: readonly string[][]) => ({ separationOfDuties: { aliases } });
  expect(problemOf(withAliases([["a", "b"]]))).toBeUndefined();
  expect(problemOf(withAliases([["a"]]))?.path).toEqual(["separationOfDuties", "aliases", 0]);
  expect(problemOf(withAliases([["a", "A"]]))?.message).toContain("capital");
  expect(
    problemOf(
      withAliases([
        ["a", "b"],
        ["b", "c"],
      ]),
    )?.message,
  ).toContain("b is there twice");
});
