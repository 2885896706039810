import { execFile } from "node:child_process";
import type { LookupAddress, lookup as systemLookup } from "node:dns";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import type { HttpAdapterConfig } from "../../../src/router/local/adapter-config.ts";
import { createHttpAdapter } from "../../../src/router/local/http-adapter.ts";
import { newDecisionId, step } from "./recorder.ts";

/** Something that listens on an address of this machine, and the hosts that it was asked for by. */
async function listener(address: string, port = 0) {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.host);
    response.end("{}");
  });
  await once(server.listen(port, address), "listening");
  onTestFinished(() => void server.close());
  return { asked, port: (server.address() as AddressInfo).port };
}

/** Names are looked up in these answers, one after the other; the last one stays. */
function names(...answers: readonly (readonly string[])[]) {
  let asked = 0;
  const lookup = ((_: string, __: object, callback: (error: null, found: LookupAddress[]) => void) => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    callback(
      null,
      answer.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  }) as unknown as typeof systemLookup;
  return { lookup, asked: () => asked };
}

function adapter(url: string, lookup?: typeof systemLookup, overrides: Partial<HttpAdapterConfig> = {}) {
  const common = {
    kind: "http",
    id: "web",
    capabilities: [],
    description: "",
    timeout: 5_000,
    maxOutputBytes: 1_000,
  } as const;
  const call = createHttpAdapter({ ...common, url, headers: {}, allowedAddresses: [], ...overrides }, lookup);
  return async () =>
    await call({
      decisionId: newDecisionId(),
      step: step("a"),
      dryRun: false,
      signal: new AbortController().signal,
      onProcess: () => undefined,
    });
}

const FORBIDDEN = { outcome: "FAILED", failure: { code: "ADDRESS_FORBIDDEN" } };
const DONE = { outcome: "SUCCEEDED" };

describe("a name that stands for", () => {
  test.each([
    [["127.0.0.1"]],
    [["::1"]],
    [["::ffff:127.0.0.1"]],
    [["0.0.0.0"]],
    [["::"]],
    [["169.254.169.254"]],
    [["fd00:ec2::254"]],
    [["100.100.100.200"]],
    [["64:ff9b::7f00:1"]],
    [["fe80::1%lo"]],
    [["93.184.216.34", "127.0.0.1"]],
    [["10.0.0.5", "::1"]],
  ])("%j is sent nothing", async (answer) => {
    const { asked, port } = await listener("127.0.0.1");
    const result = await adapter(`http://steps.example.com:${port}/`, names(answer).lookup)();
    expect(result).toMatchObject(FORBIDDEN);
    expect(result.failure?.message).toMatch(
      /^Nothing was sent: steps\.example\.com stands for .*; see allowedAddresses\.$/,
    );
    expect(asked).toEqual([]);
  });

  test("such an address is called where the configuration of this adapter allows it, and no other", async () => {
    const { asked, port } = await listener("127.0.0.1");
    const url = `http://steps.example.com:${port}/`;
    const { lookup } = names(["127.0.0.1"]);
    expect(await adapter(url, lookup, { allowedAddresses: ["127.0.0.2"] })()).toMatchObject(FORBIDDEN);
    expect(await adapter(url, lookup, { allowedAddresses: ["127.0.0.1"] })()).toMatchObject(DONE);
    expect(asked).toEqual([`steps.example.com:${port}`]);
  });
});

describe("a name whose meaning changes (DNS rebinding)", () => {
  test("between two steps: the second is sent nowhere", async () => {
    const good = await listener("127.0.0.2");
    const secret = await listener("127.0.0.1", good.port);
    const { lookup } = names(["127.0.0.2"], ["127.0.0.1"]);
    const call = adapter(`http://steps.example.com:${good.port}/`, lookup, { allowedAddresses: ["127.0.0.2"] });
    expect(await call()).toMatchObject(DONE);
    expect(await call()).toMatchObject(FORBIDDEN);
    expect(good.asked).toHaveLength(1);
    expect(secret.asked).toEqual([]);
  });

  test("between the check and the connecting: what was checked is what is connected to, for it is looked up once", async () => {
    const good = await listener("127.0.0.2");
    const secret = await listener("127.0.0.1", good.port);
    const { lookup, asked } = names(["127.0.0.2"], ["127.0.0.1"]);
    const call = adapter(`http://steps.example.com:${good.port}/`, lookup, { allowedAddresses: ["127.0.0.2"] });
    expect(await call()).toMatchObject(DONE);
    expect(asked()).toBe(1);
    expect(secret.asked).toEqual([]);
  });
});

describe("what the operator says explicitly", () => {
  test("an address in the URL is called, and not looked up", async () => {
    const { asked, port } = await listener("127.0.0.1");
    const { lookup, asked: lookedUp } = names(["93.184.216.34"]);
    expect(await adapter(`http://127.0.0.1:${port}/`, lookup)()).toMatchObject(DONE);
    expect(asked).toHaveLength(1);
    expect(lookedUp()).toBe(0);
  });

  test("localhost is this machine, and nothing else that nobody may be", async () => {
    const { asked, port } = await listener("127.0.0.1");
    expect(await adapter(`http://localhost:${port}/`, names(["127.0.0.1"]).lookup)()).toMatchObject(DONE);
    expect(await adapter(`http://localhost:${port}/`, names(["169.254.169.254"]).lookup)()).toMatchObject(FORBIDDEN);
    expect(asked).toHaveLength(1);
  });

  test.each(["localhost.", "localhost.example.com", "localhost6"])("%s is a name like any other", async (name) => {
    const { asked, port } = await listener("127.0.0.1");
    expect(await adapter(`http://${name}:${port}/`, names(["127.0.0.1"]).lookup)()).toMatchObject(FORBIDDEN);
    expect(asked).toEqual([]);
  });
});

test("an answer that points elsewhere is not followed", async () => {
  const secret = await listener("127.0.0.1");
  const server = createServer((_, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${secret.port}/` }).end();
  });
  await once(server.listen(0, "127.0.0.2"), "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  expect(await adapter(`http://127.0.0.2:${port}/`)()).toMatchObject({ failure: { code: "STEP_FAILED" } });
  expect(secret.asked).toEqual([]);
});

test("proxies that the environment names are not followed", async () => {
  const proxy = await listener("127.0.0.1");
  const target = await listener("127.0.0.1");
  const url = `http://127.0.0.1:${proxy.port}`;
  const env = {
    ...process.env,
    NODE_USE_ENV_PROXY: "1",
    ...Object.fromEntries(
      ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"].map((name) => [name, url]),
    ),
    NO_PROXY: "",
    no_proxy: "",
  };
  const program = new URL("./call-http-adapter.ts", import.meta.url).pathname;
  const args = ["--disable-warning=ExperimentalWarning", program, `http://127.0.0.1:${target.port}/`];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(JSON.parse(stdout)).toMatchObject(DONE);
  expect(target.asked).toHaveLength(1);
  expect(proxy.asked).toEqual([]);
});
