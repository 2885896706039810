import { connect, createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { requested } from "../e2e/release.ts";
import { commandLine, startCommandLine } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { serverUnderTest } from "../support/server-under-test.ts";

/**
 * A proxy that ends the first call of an RPC in good order but without a status, as one does that has given a silent server up: after what
 * the server sends first and so many bytes more. Returns its URL.
 */
async function cuttingProxy(target: string, rpc: string, more = 0): Promise<string> {
  const upstream = connect(target);
  const proxy = createServer();
  let isCut = false;
  proxy.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const cut = !isCut && headers[":path"]?.endsWith(`/${rpc}`) === true;
    isCut ||= cut;
    const call = upstream.request({ ...headers });
    stream.pipe(call);
    stream.on("close", () => call.close());
    call.on("response", ({ ":status": status, ...rest }) => {
      stream.respond({ ":status": Number(status), ...rest }, { waitForTrailers: !cut });
      if (!cut) call.on("trailers", (trailers) => stream.once("wantTrailers", () => stream.sendTrailers(trailers)));
    });
    if (cut)
      call.once("data", (first: Buffer) => {
        if (more === 0) stream.end(first);
        else call.once("data", (second: Buffer) => stream.end(second.subarray(0, more)));
        if (more > 0) stream.write(first);
      });
    else call.pipe(stream);
  });
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    upstream.destroy();
    proxy.close();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

test("a watch that a proxy cuts is taken up again: nothing is missing, nothing comes twice", async () => {
  const server = await serverUnderTest();
  const decisionId = await requested(server);
  const proxy = await cuttingProxy(server.url, "WatchDecision");
  const watch = startCommandLine(["watch", decisionId, "--as", "human:olivia"], { server: proxy });
  await eventually("shown", () => watch.stdout().includes("PENDING_APPROVAL"));
  await server.as("human:bob").decisions.cancelDecision({ decisionId, reason: "not needed" });
  const { exitCode, stdout, stderr } = await watch.ended;
  expect(exitCode, stderr).toBe(0);
  for (const label of ["Requested", "Policy attached", "Cancelled"])
    expect(stdout.match(new RegExp(` ${label} `, "g")), label).toHaveLength(1);
});

test("a command whose answer a proxy cuts is sent again, and done once", async () => {
  const server = await serverUnderTest();
  const decisionId = await requested(server);
  const proxy = await cuttingProxy(server.url, "CancelDecision");
  const { exitCode, stderr } = await commandLine(["cancel", decisionId, "--as", "human:bob"], { server: proxy });
  expect(exitCode, stderr).toBe(0);
  const { events } = await server.as("human:bob").decisions.listDecisionEvents({ decisionId });
  expect(events.map(({ event }) => event?.body.case)).toEqual([
    "decisionCreated",
    "policyAttached",
    "decisionCancelled",
  ]);
});

test("a watch that a proxy cuts in the middle of a message is taken up again", async () => {
  const server = await serverUnderTest();
  const decisionId = await requested(server);
  const proxy = await cuttingProxy(server.url, "WatchDecision", 20);
  const watch = startCommandLine(["watch", decisionId, "--as", "human:olivia"], { server: proxy });
  await eventually("shown", () => watch.stdout().includes("PENDING_APPROVAL"));
  await server.as("human:bob").decisions.cancelDecision({ decisionId, reason: "not needed" });
  const { exitCode, stdout, stderr } = await watch.ended;
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toContain("incomplete envelope");
  for (const label of ["Requested", "Policy attached", "Cancelled"])
    expect(stdout.match(new RegExp(` ${label} `, "g")), label).toHaveLength(1);
});
