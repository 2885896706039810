import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { serverUnderTest } from "../support/server-under-test.ts";

/** Somebody who takes connections and never says a word. Returns the URL. */
async function silent(): Promise<string> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
}

test("a server that serves says so, to whoever asks", async () => {
  const { url } = await serverUnderTest();
  expect(await commandLine(["health"], { server: url })).toEqual({
    exitCode: 0,
    stdout: "SERVING\nindex: SERVING, up to date\n",
    stderr: "",
  });
  const { stdout, exitCode } = await commandLine(["health", "--json"], { server: url });
  const index = { status: "SERVING", lagSeconds: 0, lagEvents: 0, position: "" };
  expect({ answer: JSON.parse(stdout), exitCode }).toEqual({ answer: { status: "SERVING", index }, exitCode: 0 });
});

test("a server whose store is away does not serve", async () => {
  const { url } = await serverUnderTest({ config: { store: "esdb://127.0.0.1:1?tls=false" } });
  const { stdout, exitCode } = await commandLine(["health"], { server: url });
  expect(stdout).toMatch(/^NOT_SERVING\nindex: SERVING, [0-9.]+ s behind, 0 events\n$/);
  expect(exitCode).toBe(6);
  const json = await commandLine(["health", "--json"], { server: url });
  expect(JSON.parse(json.stdout)).toMatchObject({ status: "NOT_SERVING", index: { status: "SERVING", lagEvents: 0 } });
  expect(json.exitCode).toBe(6);
});

test("the index alone can be asked for, as by any probe", async () => {
  const config = { store: "esdb://127.0.0.1:1?tls=false", index: { maxLagSeconds: 0.001 } };
  const { url } = await serverUnderTest({ config });
  const behind = await commandLine(["health", "--service", "nexus.attest.v1.index"], { server: url });
  expect(behind.stdout).toMatch(/^NOT_SERVING\nindex: NOT_SERVING, [0-9.]+ s behind, 0 events\n$/);
  expect(behind.exitCode).toBe(6);
});

test("so can each service by its name", async () => {
  const { url: other } = await serverUnderTest();
  const service = await commandLine(["health", "--service", "nexus.attest.v1.AuditService"], { server: other });
  expect(service).toMatchObject({ stdout: "SERVING\n", exitCode: 0 });
  expect((await commandLine(["health", "--service", "nobody"], { server: other })).exitCode).toBe(4);
});

test("where no server is, none serves", async () => {
  const { stdout, stderr, exitCode } = await commandLine(["health"], { server: "http://127.0.0.1:1" });
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 6 });
  expect(stderr).toContain("the server at http://127.0.0.1:1 does not answer");
});

test("a server that says nothing does not serve, after --timeout", async () => {
  const { stdout, exitCode } = await commandLine(["health", "--timeout", "200ms"], { server: await silent() });
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 6 });
});
