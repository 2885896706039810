import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readForeignBundle } from "../../src/exchange/read-foreign-bundle.ts";
import { commandLine, type Ended } from "../support/command-line.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const ADAPTER = new URL("../../examples/file-adapter.mjs", import.meta.url).pathname;
const PLAN = new URL("../../examples/plan.json", import.meta.url).pathname;
const golden = (name: string) => new URL(`../../testdata/nexus-attest-python/${name}`, import.meta.url).pathname;

interface Stage {
  readonly directory: string;
  readonly id: string;
  /** Runs a command as somebody. */
  readonly as: (actor: string, ...args: readonly string[]) => Promise<Ended>;
}

/** A server with a decision that bob asked for. */
async function requested(): Promise<Stage> {
  const directory = temporaryDirectory();
  const adapter = { id: "files", kind: "subprocess", command: [process.execPath, ADAPTER], cwd: directory };
  const server = await serverUnderTest({ config: { adapters: [{ ...adapter, capabilities: ["apply"] }] } });
  const as: Stage["as"] = (actor, ...args) =>
    commandLine([...args, "--as", actor], { server: server.url, cwd: directory });
  const request = ["request", "--goal", "raise the limit", "--apply", "--plan", PLAN, "--adapter", "files"];
  const { stdout } = await as("human:bob", ...request, "--min-approvals", "1", "--json");
  return { directory, as, id: (JSON.parse(stdout) as { decision: { decisionId: string } }).decision.decisionId };
}

async function executed(): Promise<Stage> {
  const stage = await requested();
  await stage.as("human:carol", "approve", stage.id);
  expect((await stage.as("human:bob", "execute", stage.id, "--wait", "20s")).exitCode).toBe(0);
  return stage;
}

function read(directory: string, file: string) {
  return readForeignBundle(readFileSync(join(directory, file)));
}

describe("export --format", () => {
  test("writes a package and a bundle for nexus-attest (Python), and says what is lost there", async () => {
    const { as, id, directory } = await executed();
    const exported = await as("human:olivia", "export", id, "--format", "nexus-attest-0.6");
    expect(exported.stderr).toBe("");
    expect(exported.exitCode).toBe(0);
    const file = `${id}.nexus-attest-0.6.json`;
    expect(exported.stdout).toMatch(new RegExp(`^${file}: \\d+ bytes, sha256:[0-9a-f]{64}\n`));
    expect(exported.stdout).toContain("no_self_approval: that the requester's own approval does not count");
    expect(read(directory, file)).toMatchObject({ format: "nexus-attest-0.6", decisionId: id, status: "COMPLETED" });
    expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);

    const again = await as("human:olivia", "export", id, "--format", "nexus-attest-0.6");
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain("exists already");

    const bundle = await as("human:olivia", "export", id, "--format", "nexus-attest-0.5", "--json");
    expect(JSON.parse(bundle.stdout)).toMatchObject({
      file: `${id}.nexus-attest-0.5.json`,
      format: "nexus-attest-0.5",
      digest: expect.stringMatching(/^sha256:/),
      losses: expect.arrayContaining([{ name: "gate", description: expect.any(String) }]),
    });
    expect(read(directory, `${id}.nexus-attest-0.5.json`)).toMatchObject({
      format: "nexus-attest-0.5",
      decisionId: id,
    });

    const verified = await as("human:olivia", "verify", file);
    expect(verified.exitCode).toBe(0);
    expect(verified.stdout).toMatch(/✓ PROVEN +origin/);
    expect(verified.stdout).toMatch(/– NOT PROVEN +no_signature/);
  });

  test("refuses an open decision whose rules would be lost, names them, and writes nothing; accepted, it says what is lost", async () => {
    const { as, id, directory } = await requested();
    const file = `${id}.nexus-attest-0.5.json`;
    const refused = await as("human:bob", "export", id, "--format", "nexus-attest-0.5");
    expect(refused.exitCode).toBe(3);
    expect(refused.stdout).toBe("");
    expect(refused.stderr).toContain("error: It cannot be told in nexus-attest-0.5:\n");
    expect(refused.stderr).toContain("would lose a rule: that the requester's own approval does not count.");
    expect(existsSync(join(directory, file))).toBe(false);

    const asJson = await as("human:bob", "export", id, "--format", "nexus-attest-0.5", "--json");
    expect(JSON.parse(asJson.stderr)).toMatchObject({ error: { problems: expect.any(Array) } });

    const accepted = await as("human:bob", "export", id, "--format", "nexus-attest-0.5", "--accept-losses");
    expect(accepted.exitCode).toBe(0);
    expect(accepted.stdout).toContain("request_adapter:");
    expect(read(directory, file)).toMatchObject({ status: "PENDING_APPROVAL" });
  });

  test("to standard output gives the file there, and the losses beside it", async () => {
    const { as, id } = await executed();
    const { stdout, stderr } = await as("human:olivia", "export", id, "--format", "nexus-attest-0.6", "--out", "-");
    expect(readForeignBundle(new TextEncoder().encode(stdout))).toMatchObject({ decisionId: id });
    expect(stderr).toContain("no_self_approval:");
  });

  test.each([
    [["--format", "nexus-attest-0.7"], '--format: got "nexus-attest-0.7", wants nexus-attest-0.6 or nexus-attest-0.5'],
    [["--format", "nexus-attest-0.5", "--mode", "reference"], "--mode belongs to packages"],
    [["--format", "nexus-attest-0.6", "--accept-losses"], "--accept-losses belongs to nexus-attest-0.5"],
    [["--accept-losses"], "--accept-losses belongs to --format nexus-attest-0.5"],
  ])("%j is a mistake", async (options, words) => {
    const { exitCode, stderr } = await commandLine(["export", "0".repeat(32), ...options]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(words);
  });
});

describe("convert", () => {
  const example = new URL("../../docs/examples/audit-package.embedded.json", import.meta.url).pathname;

  test.each(["nexus-attest-0.6", "nexus-attest-0.5"])(
    "makes a file %s of an audit package, without a server",
    async (format) => {
      const { exitCode, stdout, stderr } = await commandLine(["convert", example, "--format", format]);
      expect(exitCode).toBe(0);
      expect(stderr).toContain("approver_groups:");
      expect(readForeignBundle(new TextEncoder().encode(stdout))).toMatchObject({ format, status: "COMPLETED" });
    },
  );

  test("refuses a package that is broken", async () => {
    const file = join(temporaryDirectory(), "changed.json");
    writeFileSync(file, readFileSync(example, "utf8").replace("erin", "egin"));
    const { exitCode, stdout, stderr } = await commandLine(["convert", file, "--format", "nexus-attest-0.6"]);
    expect([exitCode, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("The package is broken: control_digest:");
  });
});

describe("verify", () => {
  test("says of a file of nexus-attest (Python) what it proves, and what it cannot", async () => {
    const { exitCode, stdout } = await commandLine(["verify", golden("twice.package.json"), "--json"]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      format: "nexus-attest-0.6",
      status: "COMPLETED",
      findings: expect.arrayContaining([
        { name: "quorum", isProven: true, detail: "" },
        { name: "single_execution", isProven: false, detail: "This log has 2 executions." },
      ]),
    });
  });

  test("says of one that was changed where it does not agree", async () => {
    const file = join(temporaryDirectory(), "changed.json");
    writeFileSync(file, readFileSync(golden("failed.bundle.json"), "utf8").replace("one step", "two steps"));
    const { exitCode, stdout } = await commandLine(["verify", file]);
    expect(exitCode).toBe(7);
    expect(stdout).toContain("BROKEN: events[0].digest is");
  });
});
