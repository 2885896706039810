import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commandLine, type Ended, startCommandLine } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { serverProcess } from "../support/server-process.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const ADAPTER = new URL("../../examples/file-adapter.mjs", import.meta.url).pathname;
const PLAN = new URL("../../examples/plan.json", import.meta.url).pathname;

interface Stage {
  readonly server: ServerUnderTest;
  readonly directory: string;
  /** Runs a command as somebody. */
  readonly as: (actor: string, ...args: readonly string[]) => Promise<Ended>;
}

async function stage(): Promise<Stage> {
  const directory = temporaryDirectory();
  const adapter = { id: "files", kind: "subprocess", command: [process.execPath, ADAPTER], cwd: directory };
  const server = await serverUnderTest({ config: { adapters: [{ ...adapter, capabilities: ["apply"] }] } });
  const as: Stage["as"] = (actor, ...args) =>
    commandLine([...args, "--as", actor], { server: server.url, cwd: directory });
  return { server, directory, as };
}

const REQUEST = ["request", "--goal", "raise the limit", "--apply", "--plan", PLAN, "--adapter", "files"] as const;

async function requested({ as }: Stage, ...more: readonly string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await as("human:bob", ...REQUEST, ...more, "--json");
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  return (JSON.parse(stdout) as { decision: { decisionId: string } }).decision.decisionId;
}

describe("the command line", () => {
  test("takes a decision through the whole pipeline, with an exit code for every answer", async () => {
    const here = await stage();
    const { as, directory } = here;
    const id = await requested(here, "--min-approvals", "1");

    const early = await as("human:bob", "execute", id);
    expect(early.exitCode).toBe(3);
    expect(early.stderr).toContain("1 approval needed, 0 standing, 1 missing.");

    const self = await as("human:bob", "approve", id);
    expect(self.exitCode).toBe(5);
    expect(self.stderr).toContain("[SELF_APPROVAL]");
    expect(self.stderr).toContain("hint: somebody else has to approve");

    expect((await as("human:carol", "approve", id, "--comment", "looks right")).exitCode).toBe(0);
    const executed = await as("human:bob", "execute", id, "--wait", "20s", "--json");
    expect(executed.exitCode, executed.stderr).toBe(0);
    expect(JSON.parse(executed.stdout)).toMatchObject({ lifecycle: { state: "DECISION_STATE_COMPLETED" } });
    expect(readFileSync(join(directory, "release/limit.txt"), "utf8")).toBe("250\n");

    const shown = await as("human:olivia", "show", id);
    expect(shown.stdout).toMatch(/Execution completed +2 steps executed/);
    const listed = await as("human:olivia", "list", "--state", "completed", "--requester", "bob");
    expect(listed.stdout).toContain(id);
    const events = await as("human:olivia", "events", id);
    expect(events.stdout.match(/sha256:[0-9a-f]{64}$/gm)).toHaveLength(6);

    expect((await as("human:olivia", "export", id, "--out", "p.json")).exitCode).toBe(0);
    const again = await as("human:olivia", "export", id, "--out", "p.json");
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain("exists already: choose another name, or say --force");

    const verified = await commandLine(["verify", "p.json"], { cwd: directory });
    expect(verified.exitCode, verified.stdout).toBe(0);
    expect(verified.stdout).toContain("CONSISTENT");
    writeFileSync(join(directory, "q.json"), readFileSync(join(directory, "p.json"), "utf8").replace("raise", "raisf"));
    const broken = await commandLine(["verify", "q.json", "--json"], { cwd: directory });
    expect(broken.exitCode).toBe(7);
    const { checks } = (JSON.parse(broken.stdout) as { report: { checks: { name: string; status: string }[] } }).report;
    expect(checks).toContainEqual(expect.objectContaining({ name: "control_digest", status: "CHECK_STATUS_FAIL" }));
  });

  test("makes templates, shows and lists them, and gives decisions their policies, tightened", async () => {
    const here = await stage();
    const { as } = here;
    const strict = ["--min-approvals", "2", "--max-steps", "5", "--allow-adapter", "files", "--allow-adapter", "nas"];
    const more = ["--require-group", "sre=1", "--match-label", "env=prod", "--policy-label", "owner=web"];
    const create = ["template", "create", "release", "--allow-mode", "apply", ...strict];
    const made = await as("human:alice", ...create, ...more, "--description", "for what customers see");
    expect(made.exitCode, made.stderr).toBe(0);
    const digest = /digest +(sha256:[0-9a-f]{64})/.exec(made.stdout)?.[1] ?? "none";
    const again = await as("human:alice", ...create);
    expect(again.exitCode).toBe(3);
    expect(again.stderr).toContain("[TEMPLATE_ALREADY_EXISTS]");
    const shown = await as("human:bob", "template", "show", "release");
    expect(shown.stdout).toBe(made.stdout);
    expect(shown.stdout).toMatch(
      /policy +2 approvals, 1 of sre, APPLY, at most 5 steps, on files or nas\n +owner=web\n/,
    );
    expect(shown.stdout).toMatch(/matches +env=prod\n/);
    expect((await as("human:bob", "template", "show", "re1ease")).exitCode).toBe(4);
    const list = async (...more: readonly string[]) => (await as("human:bob", "template", "list", ...more)).stdout;
    expect(await list("--label", "env=prod")).toMatch(/^release +2 +env=prod +alice /m);
    expect(await list("--label", "env=test")).toBe("");

    const id = await requested(here, "--template", "release", "--min-approvals", "3", "--allow-adapter", "files");
    const decision = await as("human:carol", "show", id);
    const tightened = `release (${digest}), tightened by minApprovals 3, allowedAdapters ["files"]`;
    expect(decision.stdout).toContain(tightened);
    expect(decision.stdout).toMatch(/policy +3 approvals, 1 of sre, APPLY, at most 5 steps, on files\n/);
    const matched = await requested(here, "--match-template", "--label", "env=prod");
    expect((await as("human:carol", "show", matched)).stdout).toContain(`release (${digest}), as it is`);
    const draft = await requested(here, "--draft", "--label", "env=prod");
    const attached = await as(
      "human:bob",
      "attach",
      draft,
      "--match-template",
      "--forbid-self-approval",
      "--humans-only",
    );
    expect(attached.exitCode, attached.stderr).toBe(0);

    const looser = ["--template", "release", "--min-approvals", "1", "--max-steps", "0", "--allow-self-approval"];
    const refused = await as("human:bob", ...REQUEST, ...looser);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("[OVERRIDE_NOT_TIGHTER]");
    expect(refused.stderr).toContain("  template.overrides.min_approvals: 1 is fewer than the template's 2.\n");
    expect(refused.stderr).toContain("  template.overrides.max_steps: 0, no limit, is looser than the template's 5.\n");
    expect(refused.stderr).toContain(
      "  template.overrides.allow_self_approval: true is looser than the template's false.\n",
    );
    const none = await as("human:bob", ...REQUEST, "--match-template");
    expect(none.exitCode).toBe(3);
    expect(none.stderr).toContain("[NO_MATCHING_TEMPLATE]");
  });

  test("gives a draft its policy, cancels, rejects and revokes", async () => {
    const here = await stage();
    const { as } = here;
    const draft = await requested(here, "--draft");
    expect((await as("human:carol", "approve", draft)).stderr).toContain("nexus-attest attach");
    expect((await as("human:bob", "attach", draft, "--min-approvals", "2")).stdout).toContain("PENDING_APPROVAL");
    expect((await as("human:carol", "approve", draft)).exitCode).toBe(0);
    const revoked = await as("human:carol", "revoke", draft, "--reason", "too early");
    expect(revoked.stdout).toContain("0 of 2 approvals");
    expect((await as("human:carol", "cancel", draft)).exitCode).toBe(5);
    expect((await as("human:bob", "cancel", draft, "--reason", "not needed")).stdout).toContain("CANCELLED");
    expect((await as("human:carol", "approve", draft)).exitCode).toBe(3);

    const rejected = await requested(here, "--min-approvals", "1");
    expect((await as("human:carol", "reject", rejected, "--reason", "no")).stdout).toContain("REJECTED");
  });

  test("a repeated request with the same --request-id is one decision", async () => {
    const here = await stage();
    const first = await requested(here, "--min-approvals", "1", "--request-id", "release-42");
    expect(await requested(here, "--min-approvals", "1", "--request-id", "release-42")).toBe(first);
    const reused = await here.as("human:bob", ...REQUEST, "--min-approvals", "2", "--request-id", "release-42");
    expect(reused.exitCode).toBe(3);
    expect(reused.stderr).toContain("[REQUEST_ID_REUSED]");
  });

  test("tells typical mistakes apart, and what to do", async () => {
    const here = await stage();
    const { as, server } = here;
    const nobody = await commandLine(["list"], { server: server.url });
    expect(nobody.exitCode).toBe(5);
    expect(nobody.stderr).toContain("say who you are: --as human:you@example.com");
    const unknown = await as("human:bob", "show", "0".repeat(32));
    expect(unknown.exitCode).toBe(4);
    expect(unknown.stderr).toContain("[DECISION_NOT_FOUND]");
    expect((await as("human:bob", "show", "latest")).stderr).toContain("32 hexadecimal digits");
    const typo = await as("human:bob", "aprove", "x");
    expect(typo.exitCode).toBe(2);
    expect(typo.stderr).toContain("approve");
    expect((await as("human:bob", "request", "--goal", "x", "--min-approvals", "1")).stderr).toContain(
      "say either --apply or --dry-run",
    );
    expect((await as("human:bob", ...REQUEST)).stderr).toContain("--min-approvals N");
    const down = await commandLine(["list", "--as", "human:bob", "--timeout", "1s"], {
      server: "http://127.0.0.1:1",
    });
    expect(down.exitCode).toBe(6);
    expect(down.stderr).toContain("start one with: nexus-attest serve");
    const invalid = await as("human:bob", ...REQUEST, "--min-approvals", "1", "--label", "UPPER CASE=x");
    expect(invalid.exitCode).toBe(2);
    expect(invalid.stderr).toContain("labels[0].key: ");
    const failure = await as("human:bob", "show", "0".repeat(32), "--json");
    expect(JSON.parse(failure.stderr)).toMatchObject({ error: { code: "NotFound", reason: "DECISION_NOT_FOUND" } });
  });

  test("what others wrote cannot move the cursor of an approver", async () => {
    const here = await stage();
    const goal = "innocent\u001b[2J\u001b[1;1H\u202egoal";
    const { stdout } = await here.as("human:bob", "request", "--goal", goal, "--dry-run", "--min-approvals", "1");
    const id = /[0-9a-f]{32}/.exec(stdout)?.[0] ?? "";
    for (const args of [["show", id], ["list"], ["events", id], ["approve", id]]) {
      const said = (await here.as("human:carol", ...args)).stdout;
      expect(said).toContain("innocent\\u001b");
      expect(said).not.toContain("\u001b");
      expect(said).not.toContain("\u202e");
    }
  });
});

describe("watch", () => {
  test("goes on where it was when the server has been restarted", async () => {
    const directory = temporaryDirectory();
    const first = await serverProcess({ args: ["--listen", "127.0.0.1:0"], cwd: directory });
    const { url } = first;
    const as = (actor: string, ...args: readonly string[]) =>
      commandLine([...args, "--as", actor], { server: url, cwd: directory });
    const created = await as("human:bob", "request", "--goal", "x", "--dry-run", "--min-approvals", "2", "--json");
    const id = (JSON.parse(created.stdout) as { decision: { decisionId: string } }).decision.decisionId;

    const watching = startCommandLine(["watch", id, "--json", "--as", "human:olivia"], { server: url });
    expect((await as("human:carol", "approve", id)).exitCode).toBe(0);
    await eventually("the watcher has seen the approval", () => watching.stdout().includes("approvalGranted"));
    await first.stop();
    const second = await serverProcess({ args: ["--listen", new URL(url).host], cwd: directory });
    expect(second.url).toBe(url);
    expect((await as("human:dave", "approve", id)).exitCode).toBe(0);
    expect((await as("human:bob", "cancel", id)).exitCode).toBe(0);

    const { stdout, stderr, exitCode } = await watching.ended;
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain("connection lost");
    const seqs = stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => (JSON.parse(line) as { event?: { event: { seq?: number } } }).event)
      .filter((event) => event !== undefined)
      .map(({ event }) => event.seq ?? 0);
    expect(seqs).toEqual([0, 1, 2, 3, 4]);
  });
});
