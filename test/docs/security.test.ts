import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { eventually } from "../support/eventually.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

vi.setConfig({ testTimeout: 120_000 });

const ROOT = new URL("../..", import.meta.url).pathname;
const page = readFileSync(join(ROOT, "docs/security.md"), "utf8");

/** The blocks of commands of the first section, in their order. */
function commands(): readonly string[] {
  const [, section = ""] = page.split("\n## A secure server in fifteen minutes\n");
  return [...(section.split("\n## ")[0] ?? "").matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text = ""]) => text);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("a newcomer who types what the page says has a server that lets in whom it should, and nobody else", async () => {
  const here = temporaryDirectory();
  for (const name of ["nexus-attest", "examples", "node_modules"]) symlinkSync(join(ROOT, name), join(here, name));
  const port = await freePort();
  const env = {
    ...process.env,
    PATH: `${ROOT}node_modules/.bin:${process.env["PATH"]}`,
    HOME: here,
    ISSUER_PORT: String(await freePort()),
  };
  const retold = (text: string) => text.replaceAll(":7350", `:${port}`).replaceAll(":7400", `:${env.ISSUER_PORT}`);

  const isServing = (text: string) => / serve /.test(text);
  const blocks = commands().map(retold);
  expect(blocks.filter(isServing)).toHaveLength(2);
  const exports = blocks.flatMap((text) => text.match(/^export .*$/gm) ?? []).join("\n");
  const run = promisify(execFile);
  const shell = async (text: string) => await run("bash", ["-euo", "pipefail", "-c", text], { cwd: here, env });
  const said: string[] = [];
  for (const block of blocks) {
    const text = block.replaceAll(/\bID\b/g, /[0-9a-f]{32}/.exec(said.join("\n"))?.[0] ?? "ID");
    if (isServing(text)) {
      serveInBackground(text.trim());
      await eventually("it listens", () => listens(text.includes("local-issuer") ? Number(env.ISSUER_PORT) : port));
    } else {
      const { stdout, stderr } = await shell(`${exports}\n${text}`);
      said.push(stdout, stderr);
    }
  }
  expect(said.join("\n")).toContain("SERVING");
  expect(said.join("\n")).toMatch(/PENDING_APPROVAL[^]*raise the limit[^]*APPROVED[^]*COMPLETED[^]*AUTHENTIC/);
  const id = /[0-9a-f]{32}/.exec(said.join("\n"))?.[0] ?? "";
  const shown = await shell(`${exports}\n./nexus-attest show ${id} --token-file secure/alice.token`);
  expect(shown.stdout).toContain("alice@example.com");
  const refused = (command: string) => shell(`${exports}\n./nexus-attest ${command}`).catch((error: unknown) => error);
  const promised = /error: The call does not say who makes it\..*/.exec(page)?.[0] ?? "?";
  expect(await refused("list")).toMatchObject({ code: 5, stderr: expect.stringContaining(promised) });
  expect(await refused("list --as human:alice@example.com")).toMatchObject({ code: 5 });
  expect(await refused("list --token-file secure/pipeline.hash")).toMatchObject({ code: 2 });

  function serveInBackground(text: string): void {
    const child: ChildProcess = spawn("bash", ["-c", `exec ${text}`], {
      cwd: here,
      env,
      stdio: "ignore",
      detached: true,
    });
    onTestFinished(async () => {
      const gone = once(child, "exit");
      process.kill(-(child.pid ?? 0), "SIGTERM");
      await gone;
    });
  }
});

async function listens(port: number): Promise<boolean> {
  const socket = connect({ host: "127.0.0.1", port });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
