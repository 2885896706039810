import { strict as assert } from "node:assert";
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serves } from "./example-router.ts";
import { governingServer } from "./governing-server.ts";
import { freePort } from "./router-process.ts";
import { type Scenario, startedByScenario } from "./scenario.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** What the page has people type; its router is the one in Python. */
export const TYPED: readonly Scenario[] = [
  [
    "docs/routers.md: what it has people type takes a plan of terraform through the gate",
    async ({ command, directory }) => {
      const [interpreter = ""] = command;
      const page = readFileSync(join(ROOT, "docs/routers.md"), "utf8");
      const typed = /```sh\n(mkdir -p workspace[^`]*)```/.exec(page)?.[1]?.trimEnd().split("\n") ?? [];
      const serving = typed.findIndex((line) => line.endsWith(" serve &"));
      const asking = typed.findIndex((line) => line.startsWith("nexus-attest request"));
      assert.ok(serving > 0 && asking > serving);
      const port = await freePort();
      const routers = [{ name: "gate", url: `http://127.0.0.1:${port}`, adapters: ["terraform"] }];
      const server = await governingServer(directory, routers);
      symlinkSync(join(ROOT, "examples"), join(directory, "examples"));
      for (const [name, program] of [
        ["python", interpreter],
        ["nexus-attest", join(ROOT, "nexus-attest")],
      ] as const)
        writeFileSync(join(directory, name), `#!/bin/sh\nexec '${program}' "$@"\n`, { mode: 0o755 });
      const options = {
        cwd: directory,
        encoding: "utf8",
        env: {
          ...process.env,
          PATH: `${directory}:${process.env["PATH"]}`,
          LISTEN: `127.0.0.1:${port}`,
          NEXUS_ATTEST_SERVER: server.url(),
        },
      } as const;
      const before = typed.slice(0, serving);
      const type = (...lines: readonly string[]) =>
        execFileSync("bash", ["-ec", [...before, ...lines].join("\n")], {
          ...options,
          stdio: ["ignore", "pipe", "pipe"],
        });
      type();
      const router = typed[serving]?.replace(/ &$/, "") ?? "";
      startedByScenario(
        spawn("bash", ["-ec", [...before, `exec ${router}`].join("\n")], { ...options, stdio: "ignore" }),
      );
      const asked = type(...typed.slice(serving + 1, asking + 1));
      const id = /\b[0-9a-f]{32}\b/.exec(asked)?.[0] ?? "";
      await serves(`http://127.0.0.1:${port}`);
      const executed = type(...typed.slice(asking + 1).map((line) => line.replace(/\bID\b/, id)));
      assert.match(executed, /COMPLETED/);
      assert.match(readFileSync(join(directory, "workspace/state.json"), "utf8"), /"limit": 250/);
    },
  ],
];
