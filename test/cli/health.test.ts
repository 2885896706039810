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
  expect(await commandLine(["health"], { server: url })).toEqual({ exitCode: 0, stdout: "SERVING\n", stderr: "" });
  const { stdout, exitCode } = await commandLine(["health", "--json"], { server: url });
  expect({ answer: JSON.parse(stdout), exitCode }).toEqual({ answer: { status: "SERVING" }, exitCode: 0 });
});

test("a server whose store is away does not serve", async () => {
  const { url } = await serverUnderTest({ config: { store: "esdb://127.0.0.1:1?tls=false" } });
  const { stdout, exitCode } = await commandLine(["health"], { server: url });
  expect({ stdout, exitCode }).toEqual({ stdout: "NOT_SERVING\n", exitCode: 6 });
  const json = await commandLine(["health", "--json"], { server: url });
  expect({ answer: JSON.parse(json.stdout), exitCode: json.exitCode }).toEqual({
    answer: { status: "NOT_SERVING" },
    exitCode: 6,
  });
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
