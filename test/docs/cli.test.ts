import { readdirSync, readFileSync } from "node:fs";
import { Command, type Option } from "commander";
import { describe, expect, test } from "vitest";
import { EXIT } from "../../src/cli/failure.ts";
import { addPolicyOptions } from "../../src/cli/policy-options.ts";
import { createProgram } from "../../src/cli/program.ts";
import { markOf } from "../../src/router/local/process-group.ts";

const page = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");

/** What stands under a heading, down to the next one. */
function section(heading: string): string {
  const [, text] = page.split(`\n${heading}\n`);
  if (text === undefined) throw new Error(`docs/cli.md has no heading "${heading}"`);
  return text.split(/\n#+ /, 1)[0] ?? "";
}

function rows(text: string): string[] {
  return text.split("\n").filter((line) => /^\| (`|\d)/.test(line));
}

function optionRow({ flags, description, mandatory, defaultValue }: Option): string {
  const fallback = defaultValue === undefined ? "" : `; default: \`${String(defaultValue)}\``;
  return `| \`${flags}\` | ${description}${mandatory ? "; required" : ""}${fallback} |`;
}

/** As whoever has set no variable sees it. */
function program(): Command {
  const { NEXUS_ATTEST_SERVER: server, NEXUS_ATTEST_AS: as, ...rest } = process.env;
  process.env = rest;
  try {
    return createProgram(() => undefined);
  } finally {
    process.env = { ...rest, ...(server && { NEXUS_ATTEST_SERVER: server }), ...(as && { NEXUS_ATTEST_AS: as }) };
  }
}

const { commands: top, options: common } = program();
/** The commands themselves, and those below a word that only groups them. */
const commands = top.flatMap((command) => (command.commands.length > 0 ? command.commands : [command]));

function nameOf(command: Command): string {
  return command.parent?.parent ? `${command.parent.name()} ${command.name()}` : command.name();
}
const policy = addPolicyOptions(new Command()).options;

/** What a command has of its own: not the options of every command, nor those of a policy. */
function ownOptions(command: Command): readonly Option[] {
  const isShared = (option: Option) =>
    [...common, ...policy].some((each) => each.flags === option.flags && each.description === option.description);
  return command.options.filter((option) => !isShared(option));
}

describe("docs/cli.md", () => {
  test("has a section for every command, in the program's order and for no other", () => {
    const headings = [...page.matchAll(/^### `nexus-attest (.+)`$/gm)].map(([, usage]) => usage);
    expect(headings).toEqual(
      commands.map((each) => `${nameOf(each)} ${each.usage().replace("[options]", "")}`.replace(/ +/g, " ").trim()),
    );
  });

  test.each(commands.map((command) => [nameOf(command), command] as const))(
    "lists every option of %s and no other, with its words and its default",
    (name, command) => {
      const heading = page.split("\n").find((line) => line.startsWith(`### \`nexus-attest ${name}`)) ?? "";
      expect(rows(section(heading))).toEqual(ownOptions(command).map(optionRow));
    },
  );

  test("lists the options of every command, and those of a policy", () => {
    expect(rows(section("## Options of every command"))).toEqual(common.map(optionRow));
    expect(rows(section("#### Policy options"))).toEqual(policy.map(optionRow));
  });

  test("names the commands that take a policy", () => {
    const taking = commands.filter(({ options }) => options.some(({ long }) => long === "--min-approvals"));
    const names = new Intl.ListFormat("en-GB").format(taking.map((each) => `\`${nameOf(each)}\``));
    expect(section("#### Policy options")).toContain(`Of ${names}.`);
  });

  test("lists every exit code and no other", () => {
    const listed = rows(section("## Exit codes")).map((row) => row.split(" | ").slice(0, 2).join(" | "));
    expect(listed).toEqual(Object.entries(EXIT).map(([name, code]) => `| ${code} | \`${name}\``));
  });

  test("lists every environment variable that the sources name, but for those that programs of adapters are given", () => {
    const sources = new URL("../../src", import.meta.url).pathname;
    const text = readdirSync(sources, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => readFileSync(`${sources}/${path}`, "utf8"))
      .join("\n");
    const named = new Set(text.match(/\bNEXUS_ATTEST_[A-Z_]+\b/g)).difference(new Set(Object.keys(markOf("", ""))));
    const listed = rows(section("## Environment variables")).map((row) => /`(\w+)`/.exec(row)?.[1]);
    expect(new Set(listed)).toEqual(named);
  });
});
