import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { PlanStep } from "../../../src/domain/request.ts";
import type { HttpAdapterConfig } from "../../../src/router/local/adapter-config.ts";
import { HOSTILE } from "../../support/hostile-names.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { finished, localRouterUnderTest } from "./local-router-under-test.ts";
import { recorder, runRequest, step } from "./recorder.ts";

vi.setConfig({ testTimeout: 60_000 });

/** The other side of an HTTP adapter: keeps every byte that comes, answers each request. */
async function wire() {
  const came: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    let text = "";
    socket.on("data", (bytes: Buffer) => {
      came.push(bytes);
      text += bytes.toString("latin1");
      const [, length = ""] = /content-length: (\d+)\r\n/i.exec(text) ?? [];
      const bodyAt = text.indexOf("\r\n\r\n") + 4;
      if (bodyAt > 3 && text.length - bodyAt >= Number(length))
        socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const take = () => Buffer.concat(came.splice(0)).toString("utf8");
  return { port, take };
}

const web = (port: number): HttpAdapterConfig => ({
  kind: "http",
  id: "web",
  capabilities: ["apply"],
  description: "",
  timeout: 20_000,
  maxOutputBytes: 1_000,
  url: `http://127.0.0.1:${port}/steps?team=a`,
  headers: { "x-key": "k" },
  allowedAddresses: [],
});

async function bothAdapters() {
  const directory = temporaryDirectory();
  const { port, take } = await wire();
  const router = localRouterUnderTest({ directory, adapters: [recorder(directory), web(port)] });
  return { ...router, take };
}

describe("a plan with a name that is none is refused before anything of it runs", () => {
  const places: readonly (readonly [what: string, place: (name: string) => PlanStep])[] = [
    ["step_id", (name) => ({ ...step("a"), stepId: name })],
    ["tool", (name) => ({ ...step("a"), call: { tool: name, method: "b", argumentsJson: "" } })],
    ["method", (name) => ({ ...step("a"), call: { tool: "b", method: name, argumentsJson: "" } })],
  ];

  test.each(places)("%s", async (what, place) => {
    const router = await bothAdapters();
    for (const adapterId of ["recorder", "web"])
      for (const name of HOSTILE) {
        const request = runRequest({ adapterId, steps: [step("answer"), place(name)] });
        await expect(finished(router, request), JSON.stringify(name)).rejects.toMatchObject({
          name: "RunRefused",
          code: "NAME_NOT_ALLOWED",
          message: `The ${what} of step 2 has characters or a form that no such name has.`,
        });
      }
    expect(router.calls()).toEqual([]);
    expect(router.take()).toBe("");
    expect(readdirSync(join(router.directory, "steps"))).toEqual([]);
  });

  test("a dry run is judged alike", async () => {
    const router = await bothAdapters();
    const request = runRequest({ mode: "DRY_RUN", steps: [{ ...step("a"), stepId: "a\r\nb" }] });
    await expect(finished(router, request)).rejects.toMatchObject({ code: "NAME_NOT_ALLOWED" });
  });

  test.each(["a", "A9", "a.b", "a..b", "a-b", "a_b", "files/write", "v1/apps/deploy-2", "x".repeat(128)])(
    "%s is a name",
    async (name) => {
      const router = await bothAdapters();
      const steps = [{ ...step("a"), call: { tool: name, method: name, argumentsJson: "" } }];
      expect((await finished(router, runRequest({ adapterId: "web", steps }))).state).toBe("SUCCEEDED");
      expect(JSON.parse(router.take().split("\r\n\r\n")[1] ?? "")).toMatchObject({ tool: name, method: name });
    },
  );
});

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/);
const nasty = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(...HOSTILE, '"},"decision_id":"x', "\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
);
const args = fc.oneof(
  fc.json({ stringUnit: "binary" }),
  fc.dictionary(nasty, nasty).map((object) => JSON.stringify(object)),
  nasty.map((text) => JSON.stringify(text)),
);

test("whatever a plan holds, an HTTP adapter is sent one request, to the same place, with the same headers", async () => {
  const { port, take } = await wire();
  const router = localRouterUnderTest({ adapters: [web(port)] });
  await fc.assert(
    fc.asyncProperty(name, name, name, args, async (stepId, tool, method, argumentsJson) => {
      fc.pre(argumentsJson.isWellFormed() && Buffer.byteLength(argumentsJson) <= 65_536);
      const request = runRequest({
        adapterId: "web",
        goal: "a\r\nb: c",
        steps: [{ stepId, intent: "a\r\nb: c", call: { tool, method, argumentsJson } }],
      });
      await finished(router, request);
      const came = take();
      const [head = ""] = came.split("\r\n\r\n", 1);
      const body = came.slice(head.length + 4);
      const { decisionId } = request;
      expect(head.split("\r\n")).toEqual([
        "POST /steps?team=a HTTP/1.1",
        "x-key: k",
        "content-type: application/json",
        `content-length: ${Buffer.byteLength(body)}`,
        "accept: application/json",
        `idempotency-key: ${decisionId}/${stepId}`,
        `Host: 127.0.0.1:${port}`,
        "Connection: close",
      ]);
      expect(body).toBe(
        `{"decision_id":"${decisionId}","step_id":"${stepId}","tool":"${tool}","method":"${method}","arguments":${argumentsJson}}`,
      );
      expect(Object.keys(JSON.parse(body) as object)).toEqual([
        "decision_id",
        "step_id",
        "tool",
        "method",
        "arguments",
      ]);
    }),
    { numRuns: 150 },
  );
});

test("whatever a plan holds, a program gets the same arguments and environment, and its text in the file alone", async () => {
  const directory = temporaryDirectory();
  const router = localRouterUnderTest({ directory, adapters: [recorder(directory)] });
  await fc.assert(
    fc.asyncProperty(name, name, args, async (stepId, tool, argumentsJson) => {
      fc.pre(argumentsJson.isWellFormed() && Buffer.byteLength(argumentsJson) <= 65_536);
      const request = runRequest({
        goal: "--goal\0",
        steps: [{ stepId, intent: "--intent\0", call: { tool, method: "answer", argumentsJson } }],
      });
      await finished(router, request);
      const call = router.calls().at(-1);
      expect(call?.args).toEqual(["call", tool, "answer", "--json-args-file", call?.file]);
      expect(call?.text).toBe(argumentsJson);
      expect(call?.environment).toEqual({
        PATH: process.env["PATH"],
        NEXUS_ATTEST_DECISION_ID: request.decisionId,
        NEXUS_ATTEST_STEP_ID: stepId,
      });
    }),
    { numRuns: 25 },
  );
});

test("a program inherits nothing that the server has opened: no store, no connection, no key", async () => {
  const directory = temporaryDirectory();
  await wire();
  const command = ["/bin/sh", "-c", 'ls -l /proc/self/fd >&2; echo "{}"'] as const;
  const router = localRouterUnderTest({ directory, adapters: [recorder(directory, { command: [...command] })] });
  const run = await finished(router, runRequest());
  const bundle = JSON.parse(new TextDecoder().decode(run.bundle?.bytes)) as { steps: { stderr_tail: string }[] };
  const inherited = [...(bundle.steps[0]?.stderr_tail ?? "").matchAll(/ -> (.*)/g)].map(([, what = ""]) => what);
  const opened = readdirSync("/proc/self/fd")
    .map((fd) => linkOf(`/proc/self/fd/${fd}`))
    .filter((what) => /^socket:|sqlite/.test(what));
  expect(opened.some((what) => what.endsWith("runs.sqlite"))).toBe(true);
  expect(opened.some((what) => what.startsWith("socket:"))).toBe(true);
  expect(inherited).toContain("/dev/null");
  expect(inherited.filter((what) => opened.includes(what))).toEqual([]);
});

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
