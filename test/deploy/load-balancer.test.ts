import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DecisionService } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { configSchema } from "../../src/config/schema.ts";
import { serverUnderTest } from "../support/server-under-test.ts";

const config = readFileSync(new URL("../../deploy/haproxy.cfg", import.meta.url), "utf8");

/** What stands behind a word of the configuration; fails unless it is there once. */
function one(words: string): string {
  const found = config.split("\n").flatMap((line) => {
    const rest = line.trim();
    return rest.startsWith(`${words} `) ? [rest.slice(words.length + 1)] : [];
  });
  expect(found, words).toHaveLength(1);
  return found[0] ?? "";
}

const seconds = (span: string) => Number.parseInt(span, 10) * (span.endsWith("m") ? 60 : 1);

describe("the load balancer", () => {
  test("cuts a watch only after several missed heartbeats, and knows every watch", () => {
    const { heartbeatSeconds } = configSchema.parse({}).watch;
    const [, limit = ""] = /^(\d+s) if is_watch$/.exec(one("http-request set-timeout server")) ?? [];
    expect(seconds(limit)).toBeGreaterThan(4 * heartbeatSeconds);
    expect(seconds(limit)).toBeLessThan(6 * heartbeatSeconds);
    const watches = DecisionService.methods.filter(({ methodKind }) => methodKind === "server_streaming");
    const paths = watches.map(({ name }) => `/${DecisionService.typeName}/${name}`);
    expect(one("acl is_watch path").split(" ")).toEqual(paths);
  });

  test("lets a call wait as long as the API allows it to", () => {
    const longestWait = 3_600;
    expect(seconds(one("timeout server"))).toBeGreaterThan(longestWait);
    expect(seconds(one("timeout client"))).toBeGreaterThan(longestWait);
  });

  test("touches no header, shares no connection between clients, and speaks HTTP/2 to the servers", () => {
    expect(config).not.toMatch(/^\s*(http-(request|response) (?!set-timeout)|option forwardfor)/m);
    expect(one("http-reuse")).toBe("never");
    expect(one("default-server").split(" ")).toEqual(expect.arrayContaining(["proto", "h2", "check"]));
  });
});

describe("the load balancer's check", () => {
  const [, method = "", uri = ""] = /^meth (\S+) uri (\S+) /.exec(one("http-check send")) ?? [];
  const headers = [...one("http-check send").matchAll(/ hdr (\S+) (\S+)/g)].map(([, name = "", value = ""]) => [
    name,
    value,
  ]);
  const [, body = ""] = / body "(.*)"$/.exec(one("http-check send")) ?? [];
  const [, expected = ""] = /^rstring "(.*)"$/.exec(one("http-check expect")) ?? [];

  async function answerOf(url: string): Promise<string> {
    const sent = headers
      .filter(([name]) => name !== "Host")
      .map(([name = "", value = ""]) => [name, value] as [string, string]);
    const response = await fetch(`${url}${uri}`, { method, headers: sent, body });
    expect(response.status).toBe(200);
    return await response.text();
  }

  /** HAProxy's own quoting undone. */
  const pattern = new RegExp(expected.replaceAll('\\"', '"').replace("{", "\\{").replace("}", "\\}"));

  test("takes a server that serves for one", async () => {
    const { url } = await serverUnderTest();
    expect(await answerOf(url)).toMatch(pattern);
  });

  test("takes a server whose store is away for none", async () => {
    const { url } = await serverUnderTest({ config: { store: "esdb://127.0.0.1:1?tls=false" } });
    expect(await answerOf(url)).toContain("NOT_SERVING");
    expect(await answerOf(url)).not.toMatch(pattern);
  });
});
