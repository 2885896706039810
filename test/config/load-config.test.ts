import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigError, loadConfig } from "../../src/config/load-config.ts";
import { printConfig } from "../../src/config/print-config.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

function fileOf(text: string): string {
  const file = join(temporaryDirectory(), "nexus-attest.yaml");
  writeFileSync(file, text);
  return file;
}

function problem(text: string, environment: Record<string, string> = {}, flags = {}): string {
  try {
    loadConfig(fileOf(text), environment, flags);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the configuration was taken");
}

const ADAPTER = "adapters:\n  - id: files\n    kind: subprocess\n    command: [node, adapter.mjs]\n";

describe("the configuration", () => {
  test("needs no file", () => {
    const { config } = loadConfig(undefined, {});
    expect(config).toMatchObject({ listen: "127.0.0.1:7350", dataDir: "nexus-attest-data", log: { level: "info" } });
  });

  test("an empty file is one with nothing in it", () => {
    expect(loadConfig(fileOf("# nothing\n"), {}).config.listen).toBe("127.0.0.1:7350");
  });

  test("flags stand over the environment, which stands over the file", () => {
    const file = fileOf("listen: 127.0.0.1:1\ndataDir: a\nlog: {level: error}\n");
    const environment = { NEXUS_ATTEST_LISTEN: "127.0.0.1:2", NEXUS_ATTEST_DATA_DIR: "b" };
    const { config, sources } = loadConfig(file, environment, { listen: "127.0.0.1:3" });
    expect(config).toMatchObject({ listen: "127.0.0.1:3", dataDir: "b", log: { level: "error" } });
    expect(sources.get("listen")).toBe("flag --listen");
    expect(sources.get("dataDir")).toBe("environment NEXUS_ATTEST_DATA_DIR");
  });

  test.each([
    ["log:\n  level: loud\n", "log.level (file", 'line 2): got "loud", wants one of'],
    ["listen: 7350\n", "listen (file", "line 1): got 7350, wants a text, in quotes"],
    ["auth: {tokens: pipeline}\n", "auth.tokens (file", "wants a list, such as [a, b]"],
    ["approverKeys: {administrators: alice}\n", "approverKeys.administrators", 'got "alice", wants a list'],
    ["audit: {file: audit.log, log: sometimes}\n", "audit.log", 'got "sometimes", wants true or false'],
    ["execution: 5\n", "execution", "got 5, wants keys and values"],
    ["listen: 127.0.0.1:70000\n", "listen (file", "wants a port up to 65535"],
    ["lisen: 127.0.0.1:1\n", "lisen (file", "line 1): there is no such key"],
    [`${ADAPTER}    timeout: 5\n`, "adapters[0].timeout (file", "line 5): there is no such key"],
    [`${ADAPTER}    timeoutSeconds: -5\n`, "adapters[0].timeoutSeconds (file", "line 5): got -5, wants"],
    ["adapters:\n  - id: files\n    kind: shell\n", "adapters[0].kind (file", 'got "shell"'],
    [
      `${ADAPTER}routers:\n  - name: r\n    url: http://127.0.0.1:1\n    adapters: [other, files]\n`,
      "routers[0].adapters[1] (file",
      'line 8): got "files", wants an adapter that is not configured twice',
    ],
    ["execution: {drainSeconds: soon}\n", "execution.drainSeconds", 'got "soon", wants a number'],
  ])("an error names the key, the line, what it got and what it wants: %j", (text, key, rest) => {
    expect(problem(text)).toContain(key);
    expect(problem(text)).toContain(rest);
  });

  test("an error in a variable or a flag names it", () => {
    expect(problem("", { NEXUS_ATTEST_LOG_LEVEL: "loud" })).toContain(
      'log.level (environment NEXUS_ATTEST_LOG_LEVEL): got "loud"',
    );
    expect(problem("", {}, { listen: "nowhere" })).toContain('listen (flag --listen): got "nowhere", wants host:port');
  });

  test("all errors are told at once", () => {
    expect(problem("listen: 1\ndataDir: 2\n").split("\n")).toHaveLength(3);
  });

  test("what is not YAML, or not a mapping, or cannot be read, is told as such", () => {
    expect(problem("listen: [\n")).toMatch(/nexus-attest\.yaml: .* line 2/s);
    expect(problem("listen: 127.0.0.1:1\nlisten: 127.0.0.1:2\n")).toContain("unique");
    expect(problem("- a\n")).toContain("a configuration is a mapping of keys");
    expect(() => loadConfig("/no/such/file.yaml", {})).toThrow(/no\/such\/file\.yaml cannot be read: ENOENT/);
  });

  test("refuses to listen anywhere but on loopback, since callers name themselves", () => {
    for (const listen of [
      "0.0.0.0:7350",
      "192.168.1.5:7350",
      "[::]:7350",
      "example.com:7350",
      "127.0.0.1.example.com:1",
    ])
      expect(problem(`listen: "${listen}"\n`), listen).toContain("wants a loopback address");
    for (const listen of ["127.0.0.1:0", "127.9.9.9:1", "[::1]:1", "localhost:1"])
      expect(loadConfig(fileOf(`listen: "${listen}"\n`), {}).config.listen).toBe(listen);
  });

  test("secrets are neither printed nor told in errors", () => {
    const secret = "hunter2-hunter2";
    const http = `adapters:\n  - id: web\n    kind: http\n    url: http://127.0.0.1:1/\n    headers:\n      authorization: ${secret}\n      other: {env: TOKEN}\n`;
    const printed = printConfig(loadConfig(fileOf(http), {}));
    expect(printed).not.toContain(secret);
    expect(printed).toContain("TOKEN");
    const subprocess = `${ADAPTER}    env: {PASSWORD: ${secret}}\n`;
    expect(printConfig(loadConfig(fileOf(subprocess), {}))).not.toContain(secret);
    expect(problem(`${ADAPTER}    env: [${secret}]\n`)).not.toContain(secret);
    expect(problem(http.replace(secret, `[${secret}]`))).not.toContain(secret);
  });

  test("the store: embedded, or a connection string from the file, the environment, or without credentials a flag", () => {
    expect(loadConfig(undefined, {}).config.store).toBe("embedded");
    const address = "esdb://node1:2113,node2:2113?tls=false";
    expect(loadConfig(fileOf(`store: "${address}"\n`), {}).config.store).toBe(address);
    expect(loadConfig(undefined, { NEXUS_ATTEST_STORE: address }).config.store).toBe(address);
    expect(loadConfig(undefined, {}, { store: "esdb+discover://cluster" }).config.store).toBe(
      "esdb+discover://cluster",
    );
    expect(loadConfig(fileOf("store: {file: /run/secrets/store}\n"), {}).config.store).toEqual({
      file: "/run/secrets/store",
    });
    expect(problem("store: mysql://host\n")).toContain(
      "wants embedded, or a connection string such as esdb://host:2113",
    );
  });

  test("credentials of the store are refused on the command line, which everybody can read, and say where they may stand", () => {
    for (const store of ["esdb://admin:hunter2@host:2113", "esdb://admin@host", "admin:hunter2@host"]) {
      const said = problem("", {}, { store });
      expect(said).toContain("NEXUS_ATTEST_STORE");
      expect(said).toContain("{file: PATH}");
      expect(said).not.toContain("hunter2");
    }
  });

  test("credentials of the store are neither printed nor told in errors, however they are written", () => {
    for (const store of [
      "esdb://admin:hunter2@host:2113",
      "esdb://a:hunter2@b@c",
      "esdb+discover://a:hunter2/x?y@host",
    ]) {
      const printed = printConfig(loadConfig(fileOf(`store: ${store}\n`), {}));
      expect(printed).not.toContain("hunter2");
      expect(printed).toContain("://(hidden)@");
      expect(printConfig(loadConfig(undefined, { NEXUS_ATTEST_STORE: store }))).not.toContain("hunter2");
    }
    expect(problem("", { NEXUS_ATTEST_STORE: "edsb://admin:hunter2@host" })).not.toContain("hunter2");
    expect(problem("store: [esdb://admin:hunter2@host]\n")).not.toContain("hunter2");
    expect(problem("store: 'esdb://admin:hunter2@host\n")).not.toContain("hunter2");
    expect(problem("store: esdb://admin:hunter2@host: x\n")).not.toContain("hunter2");
  });

  test("--print-config shows what is in force and where it comes from, and can be read again", () => {
    const printed = printConfig(loadConfig(fileOf(`${ADAPTER}listen: 127.0.0.1:9\n`), {}, { logLevel: "warn" }));
    expect(printed).toMatch(/^listen: 127\.0\.0\.1:9 # file .*nexus-attest\.yaml$/m);
    expect(printed).toMatch(/^ {2}level: warn # flag --log-level$/m);
    expect(loadConfig(fileOf(printed), {}).config).toMatchObject({ listen: "127.0.0.1:9", log: { level: "warn" } });
  });
});
