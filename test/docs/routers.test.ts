import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { RunState } from "../../gen/ts/nexus/attest/v1/router_pb.ts";
import { configSchema } from "../../src/config/schema.ts";
import { CRASHES, REFUSALS, STEP_FAILURES } from "../../src/router/local/failure-code.ts";
import { markOf } from "../../src/router/local/process-group.ts";
import {
  MAX_RUN_BUNDLE_BYTES,
  RUN_BUNDLE_MEDIA_TYPE,
  RUN_BUNDLE_VERSION,
  runBundle,
  stepEntry,
} from "../../src/router/local/run-bundle.ts";
import { failed, simulated, succeeded } from "../../src/router/local/step.ts";
import { step } from "../router/local/recorder.ts";

const page = readFileSync(new URL("../../docs/routers.md", import.meta.url), "utf8");

/** The tables below a heading: a row's cells. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const [, after = ""] = page.split(`## ${heading}\n`);
  const [section = ""] = after.split("\n## ");
  return [...section.matchAll(/^\| (`.*) \|$/gm)].map(([, cells = ""]) => cells.split(" | "));
}

const quoted = (names: readonly string[]) => names.map((name) => `\`${name}\``);

/** The codes that the server itself gives a failed execution, as its source names them. */
function codesOfTheServer(): readonly string[] {
  const naming = /(?:\bcode: |\bnotStarted\(\s*|\bRunRefused\(\s*|failure\?\.code \?\? )"([A-Z_]+)"/g;
  return ["app", "domain", "router/grpc"].flatMap((room) => {
    const directory = new URL(`../../src/${room}`, import.meta.url).pathname;
    return readdirSync(directory)
      .filter((file) => room !== "domain" || file === "outcome.ts")
      .flatMap((file) =>
        [...readFileSync(join(directory, file), "utf8").matchAll(naming)].map(([, code = ""]) => code),
      );
  });
}

describe("docs/routers.md", () => {
  test("explains every failure code of the local router, in its order, and then those of the server; and no other", () => {
    const listed = rowsBelow("Failure codes").map(([code = ""]) => code);
    const ours = quoted([...REFUSALS, ...STEP_FAILURES, ...CRASHES]);
    expect(listed.slice(0, ours.length)).toEqual(ours);
    expect(new Set(listed.slice(ours.length))).toEqual(new Set(quoted(codesOfTheServer())));
    expect(listed).toHaveLength(new Set(listed).size);
  });

  test("says for each when it comes and what was done", () => {
    for (const cells of rowsBelow("Failure codes"))
      expect(cells, cells[0]).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/\S/)));
  });

  test("names no failure code that is never given", () => {
    const directory = new URL("../../src/router/local", import.meta.url).pathname;
    const source = readdirSync(directory)
      .filter((file) => file !== "failure-code.ts")
      .map((file) => readFileSync(join(directory, file), "utf8"))
      .join("\n");
    for (const code of [...REFUSALS, ...STEP_FAILURES, ...CRASHES]) expect(source).toContain(`"${code}"`);
  });

  test("lists every field of the run bundle and no other, its version, its media type and its limit", () => {
    const results = [
      succeeded({ outputJson: "{}", exitCode: 0, httpStatus: 200, stderrTail: "x" }),
      simulated(),
      failed("STEP_FAILED", "no"),
    ];
    const steps = results.map((result) => stepEntry(step("a"), result, 0, 0));
    const failure = { code: "STEP_FAILED", message: "no", stepId: "a" };
    const times = { startedAt: 0, endedAt: 0 };
    const bytes = runBundle({
      runId: "r",
      request: "{}",
      simulated: false,
      ...times,
      outcome: "FAILED",
      failure,
      steps,
    });
    const bundle = JSON.parse(new TextDecoder().decode(bytes)) as object;
    const listed = rowsBelow("The run bundle of the local router").map(([field = ""]) => field);
    expect(new Set(listed)).toEqual(new Set(quoted(fieldsOf(bundle))));
    expect(page).toContain(`| \`bundle_version\` | \`${RUN_BUNDLE_VERSION}\` |`);
    expect(page).toContain(`\`${RUN_BUNDLE_MEDIA_TYPE}\``);
    expect(page).toContain(`| run bundle | ${MAX_RUN_BUNDLE_BYTES} bytes;`);
  });

  test("names the environment variables that a step's program is given", () => {
    for (const name of Object.keys(markOf("", ""))) expect(page).toContain(`\`${name}\``);
  });

  test("says of every state of a run what the decision becomes", () => {
    const states = Object.keys(RunState).filter((name) => !/^\d+$/.test(name) && name !== "UNSPECIFIED");
    expect(rowsBelow("A router of your own").map(([state]) => state)).toEqual(quoted(states));
  });

  test("shows configurations that are accepted as they stand", () => {
    const examples = [...page.matchAll(/```yaml\n([^`]*)```/g)].map(([, text = ""]) => text);
    expect(examples).toHaveLength(3);
    for (const text of examples) expect(configSchema.safeParse(parse(text)).error).toBeUndefined();
  });
});

/** The paths of all fields, as the page writes them. */
function fieldsOf(value: object, prefix = ""): readonly string[] {
  const paths = Object.entries(value).flatMap(([name, inner]: readonly [string, unknown]) => {
    const path = `${prefix}${name}`;
    if (Array.isArray(inner)) return inner.flatMap((each: object) => fieldsOf(each, `${path}[].`));
    return name === "failure" ? fieldsOf(inner as object, `${path}.`) : [path];
  });
  return [...new Set(paths)];
}
