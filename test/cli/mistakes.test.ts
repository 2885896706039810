import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const REQUEST = ["request", "--goal", "x", "--apply", "--as", "human:bob"] as const;

/** A mistake that a command answers by itself: nothing listens on this port. */
async function mistake(...args: readonly string[]) {
  return await commandLine(args, { server: "http://127.0.0.1:1", cwd: temporaryDirectory() });
}

/** A port that somebody else listens on. */
async function takenPort(): Promise<number> {
  const other = createServer();
  onTestFinished(() => void other.close());
  await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
  return (other.address() as { readonly port: number }).port;
}

describe("options that would go unheard are refused", () => {
  test("a draft with parts of a policy", async () => {
    const { exitCode, stderr } = await mistake(...REQUEST, "--draft", "--min-approvals", "3", "--humans-only");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("leave --min-approvals, --humans-only to nexus-attest attach");
  });

  test("a policy file beside options of a policy", async () => {
    const { exitCode, stderr } = await mistake(...REQUEST, "--policy", "policy.json", "--require-group", "sre=1");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("say either --policy or --require-group");
  });
});

test.each<[string, readonly string[], string]>([
  ["two templates", ["--template", "a", "--match-template"], "say either --template or --match-template"],
  ["a template beside a policy file", ["--template", "a", "--policy", "p.json"], "say either --policy or a template"],
  ["a template for a draft", ["--draft", "--template", "a"], "leave --template to nexus-attest attach"],
  ["matching for a draft", ["--draft", "--match-template"], "leave --match-template to nexus-attest attach"],
  ["both kinds of self-approval", ["--template", "a", "--allow-self-approval", "--forbid-self-approval"], "say either"],
  // Rounded it would be 0, which is no limit at all.
  ["a life of part of a second", ["--template", "a", "--max-approval-lifetime", "400ms"], "wants whole seconds"],
  ["a label that is none", ["--template", "a", "--policy-label", "x"], '--policy-label: got "x", wants key=value'],
])("contradictions about a policy are refused: %s", async (_, more, words) => {
  const { exitCode, stderr } = await mistake(...REQUEST, ...more);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(words);
});

test("a template says in which modes a decision may be executed", async () => {
  const { exitCode, stderr } = await mistake("template", "create", "a", "--min-approvals", "1", "--as", "human:bob");
  expect(exitCode).toBe(2);
  expect(stderr).toContain("--allow-mode dry-run, --allow-mode apply, or both");
});

test("options that would go unheard: filters beside the one decision that is watched", async () => {
  const { exitCode, stderr } = await mistake("watch", "0".repeat(32), "--state", "approved", "--as", "human:bob");
  expect(exitCode).toBe(2);
  expect(stderr).toContain("say either a decision or --state: filters belong to --all");
});

describe("a mistake is named before anything else happens", () => {
  test("a span that is none, before the approver is shown anything", async () => {
    const { exitCode, stdout, stderr } = await mistake("approve", "0".repeat(32), "--expires-in", "soon");
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain('--expires-in: got "soon", wants a span such as 90s');
  });

  test.each(["localhost:7350", "127.0.0.1", "ftp://127.0.0.1", "http://"])("--server %s", async (server) => {
    const { exitCode, stderr } = await mistake("list", "--as", "human:bob", "--server", server);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`--server: got "${server}", wants a URL such as http://127.0.0.1:7350`);
  });

  test("a file that is not there, or is none", async () => {
    expect((await mistake("verify", "nope.json")).stderr).toContain("nope.json cannot be read: there is no such file");
    expect((await mistake("verify", ".")).stderr).toContain(". cannot be read: it is a directory");
  });
});

describe("what the server refuses is said once", () => {
  test("each field on a line of its own", async () => {
    const { url } = await serverUnderTest();
    const { stderr } = await commandLine([...REQUEST, "--min-approvals", "0", "--label", "A B=c"], { server: url });
    const [headline, ...fields] = stderr.trimEnd().split("\n");
    expect(headline).toBe("error: The request is not as it must be. [INVALID_REQUEST]");
    expect(fields).toEqual([
      expect.stringMatching(/^ {2}labels\[0\]\.key: /),
      expect.stringMatching(/^ {2}policy\.min_approvals: /),
    ]);
  });

  test("https to a server without TLS", async () => {
    const { url } = await serverUnderTest();
    const server = url.replace("http:", "https:");
    const { exitCode, stderr } = await commandLine(["list", "--as", "human:bob"], { server });
    expect(exitCode).toBe(6);
    expect(stderr).toContain("does not speak TLS");
    expect(stderr).toContain("reached by http://");
  });
});

test("nobody is sent to a command that must fail: a run that never began has no package", async () => {
  const { url } = await serverUnderTest({
    config: { adapters: [{ id: "files", kind: "subprocess", command: ["true"], capabilities: ["apply"] }] },
  });
  const as = (actor: string, ...args: readonly string[]) =>
    commandLine([...args, "--as", actor], { server: url, cwd: temporaryDirectory() });
  const { stdout } = await as("human:bob", ...REQUEST.slice(0, 4), "--adapter", "files", "--min-approvals", "1");
  const id = /[0-9a-f]{32}/.exec(stdout)?.[0] ?? "";
  await as("human:carol", "approve", id);
  const executed = await as("human:bob", "execute", id, "--wait", "20s");
  expect(executed.exitCode, executed.stderr).toBe(8);
  expect(executed.stdout).toContain("PLAN_MISSING");
  expect(executed.stdout).not.toContain("next:");
  expect((await as("human:bob", "show", id)).stdout).not.toContain("next:");
  expect((await as("human:bob", "export", id)).stderr).toContain("[NO_RUN]");
});

describe("a server that cannot start says why, and what to do", () => {
  test("the port is taken", async () => {
    const port = await takenPort();
    const { exitCode, stderr } = await mistake("serve", "--listen", `127.0.0.1:${port}`);
    expect(exitCode).toBe(6);
    expect(stderr).toContain(`cannot listen on 127.0.0.1:${port}: another program listens there already.`);
    expect(stderr).toContain("--listen HOST:PORT");
  });

  test("a file stands where the data directory should be", async () => {
    const file = join(temporaryDirectory(), "data");
    writeFileSync(file, "");
    const { exitCode, stderr } = await mistake("serve", "--listen", "127.0.0.1:0", "--data-dir", file);
    expect(exitCode).toBe(6);
    expect(stderr).toContain(`the data directory ${file} cannot be made: there is a file of that name.`);
  });
});
