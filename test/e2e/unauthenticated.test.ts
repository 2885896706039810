import { once } from "node:events";
import { request as http1Request, type IncomingMessage } from "node:http";
import { connect } from "node:http2";
import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { describe, expect, onTestFinished, test } from "vitest";
import { Health } from "../../gen/ts/grpc/health/v1/health_pb.ts";
import { ServerReflection } from "../../gen/ts/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionAlpha } from "../../gen/ts/grpc/reflection/v1alpha/reflection_pb.ts";
import { file_nexus_attest_v1_approver_key_service as approverKeys } from "../../gen/ts/nexus/attest/v1/approver_key_service_pb.ts";
import { file_nexus_attest_v1_audit_service as audit } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { file_nexus_attest_v1_decision_service as decisions } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { file_nexus_attest_v1_imported_decision_service as imports } from "../../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import { file_nexus_attest_v1_template_service as templates } from "../../gen/ts/nexus/attest/v1/template_service_pb.ts";
import { configSchema } from "../../src/config/schema.ts";
import { hashOfServiceToken, newServiceToken } from "../../src/identity/service-token.ts";
import { EVERYBODY } from "../support/everybody.ts";
import { serverUnderTest } from "../support/server-under-test.ts";

/** What the server serves; held against what it says itself below, so that a new service cannot be forgotten. */
const SERVICES: readonly DescService[] = [
  ...[decisions, audit, templates, approverKeys, imports].flatMap(({ services }) => services),
  Health,
  ServerReflection,
  ServerReflectionAlpha,
];
const METHODS = SERVICES.flatMap(({ methods }) => methods);

const token = newServiceToken();
const AUTH = { auth: { tokens: [{ service: "pipeline", hash: hashOfServiceToken(token) }] }, authorization: EVERYBODY };

const STREAM_TYPES = ["application/connect+json", "application/connect+proto"];
const UNARY_TYPES = ["application/json", "application/proto"];
const EVERY_TYPE = [
  "application/grpc",
  "application/grpc+proto",
  "application/grpc+json",
  "application/grpc-web",
  "application/grpc-web+proto",
  "application/grpc-web+json",
  "application/grpc-web-text",
  "application/grpc-web-text+proto",
];

/** Content types by which a method may be called, and some by which none may. */
function typesOf({ methodKind }: DescMethod): readonly string[] {
  return [...EVERY_TYPE, ...(methodKind === "unary" ? UNARY_TYPES : STREAM_TYPES), "text/plain", "multipart/form-data"];
}

const pathOf = (method: DescMethod) => `/${method.parent.typeName}/${method.name}`;

interface Answer {
  readonly status: number;
  readonly head: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Sends the head of a call, and nothing or only the beginning of its body. Whoever waits for the rest before asking who calls never answers. */
async function overHttp1(url: string, path: string, headers: Record<string, string>, method = "POST"): Promise<Answer> {
  const request = http1Request(`${url}${path}`, {
    method,
    headers: { ...(method === "POST" && { "content-length": "1000000" }), ...headers },
  });
  onTestFinished(() => void request.destroy());
  request.on("error", () => undefined);
  request.write("");
  request.flushHeaders();
  if (method === "GET") request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk as string;
  return { status: response.statusCode ?? 0, head: { ...response.headers, ...response.trailers }, text };
}

async function overHttp2(url: string, path: string, headers: Record<string, string>): Promise<Answer> {
  const session = connect(url);
  onTestFinished(() => session.destroy());
  const stream = session.request(
    { ":method": "POST", ":path": path, te: "trailers", ...headers },
    { endStream: false },
  );
  stream.on("error", () => undefined);
  let head: Record<string, unknown> = {};
  let text = "";
  stream.on("response", (received) => {
    head = { ...head, ...received };
  });
  stream.on("trailers", (received) => {
    head = { ...head, ...received };
  });
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await Promise.race([once(stream, "end"), once(stream, "close")]);
  session.destroy();
  return { status: Number(head[":status"]), head, text };
}

/** Whether an answer says that nobody valid calls, in the way of its protocol, or that it does not speak that content type at all. */
function isRefusal({ status, head, text }: Answer): boolean {
  if ([404, 405, 415, 505].includes(status)) return true;
  if (head["grpc-status"] !== undefined) return head["grpc-status"] === "16";
  if (/grpc-status: ?16\r?\n/i.test(text)) return true;
  return status === 401 || text.includes('"code":"unauthenticated"');
}

const isOpen = ({ parent }: DescMethod) => parent.typeName === Health.typeName;
const CREDENTIALS: readonly (readonly [string, Record<string, string>])[] = [
  ["no credentials", {}],
  ["a token that nobody has", { authorization: `Bearer ${newServiceToken()}` }],
  ["a forged JWT", { authorization: "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0." }],
  ["a claimed name", { "nexus-actor": "human:alice" }],
  ["a password", { authorization: "Basic YWRtaW46YWRtaW4=" }],
];

test("the services walked here are those that the server serves", async () => {
  const server = await serverUnderTest({ config: AUTH });
  const served = await servedBy(server.url);
  expect(served.toSorted()).toEqual(SERVICES.map(({ typeName }) => typeName).toSorted());
});

describe.each(CREDENTIALS)("with %s", (_, credentials) => {
  test("every RPC, by every protocol and content type, over HTTP/1.1 and HTTP/2, is refused before its body is read", async () => {
    const server = await serverUnderTest({ config: AUTH });
    const taken: string[] = [];
    let refused = 0;
    for (const method of METHODS.filter((each) => !isOpen(each))) {
      const answers = typesOf(method).flatMap((type) => {
        const headers = { "content-type": type, ...credentials };
        return [overHttp1, overHttp2].map(async (call) => {
          const answer = await call(server.url, pathOf(method), headers);
          if (isRefusal(answer)) refused += 1;
          else taken.push(`${call.name} ${pathOf(method)} ${type}: ${JSON.stringify(answer)}`);
          return answer.status;
        });
      });
      const statuses = await Promise.all(answers);
      // The content types that are spoken are: the refusals come from authentication, not from a path that is wrong.
      expect(
        statuses.filter((status) => status === 200 || status === 401).length,
        pathOf(method),
      ).toBeGreaterThanOrEqual(method.methodKind === "bidi_streaming" ? 8 : 12);
    }
    expect(taken).toEqual([]);
    expect(refused).toBeGreaterThan(300);
  }, 120_000);

  test("so is a GET of Connect, and a call of HTTP/1.1 by any other verb", async () => {
    const server = await serverUnderTest({ config: AUTH });
    for (const method of METHODS.filter((each) => !isOpen(each) && each.methodKind === "unary"))
      for (const verb of ["GET", "PUT", "HEAD", "DELETE"]) {
        const path = `${pathOf(method)}?connect=v1&encoding=json&message=%7B%7D`;
        const answer = await overHttp1(server.url, path, { ...credentials }, verb);
        expect([401, 404, 405, 415], `${verb} ${path}`).toContain(answer.status);
      }
  });
});

test("the same calls are let in with the token, so that it is the token that they lacked", async () => {
  const server = await serverUnderTest({ config: AUTH });
  const headers = { authorization: `Bearer ${token}` };
  await server.as(undefined, { headers }).decisions.listDecisions({});
  for (const protocol of ["grpc", "grpc-web", "connect"] as const)
    await server.as(undefined, { headers, protocol }).decisions.listDecisions({});
});

test("health needs no identity; reflection does, unless callers are believed", async () => {
  const post = async (url: string, path: string) => {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    return response.status;
  };
  const secure = await serverUnderTest({ config: AUTH });
  expect(await post(secure.url, "/grpc.health.v1.Health/Check")).toBe(200);
  expect(
    isRefusal(
      await overHttp2(secure.url, pathOf(ServerReflection.method.serverReflectionInfo), {
        "content-type": "application/grpc",
      }),
    ),
  ).toBe(true);
  const development = await serverUnderTest();
  expect(await servedBy(development.url, {})).toContain("nexus.attest.v1.DecisionService");
});

test("development identity is off once another way in is configured, unless it is asked for", () => {
  const parsed = (auth: object) => configSchema.safeParse({ auth });
  expect(parsed({ development: false }).success).toBe(false);
  expect(parsed({ ...AUTH.auth, development: true }).success).toBe(true);
});

test("asked for beside tokens, a name and a token are each taken, and both at once are not", async () => {
  const server = await serverUnderTest({ config: { ...AUTH, auth: { ...AUTH.auth, development: true } } });
  const headers = { authorization: `Bearer ${token}` };
  await server.as("human:alice").decisions.listDecisions({});
  await server.as(undefined, { headers }).decisions.listDecisions({});
  await expect(server.as("human:alice", { headers }).decisions.listDecisions({})).rejects.toThrow(
    "one credential only",
  );
});

/** What a server's reflection lists. */
async function servedBy(
  url: string,
  credentials: Record<string, string> = { authorization: `Bearer ${token}` },
): Promise<string[]> {
  const { createClient } = await import("@connectrpc/connect");
  const { createGrpcTransport } = await import("@connectrpc/connect-node");
  const client = createClient(ServerReflection, createGrpcTransport({ baseUrl: url }));
  const requests = (async function* () {
    yield { messageRequest: { case: "listServices" as const, value: "" } };
  })();
  const names: string[] = [];
  for await (const { messageResponse } of client.serverReflectionInfo(requests, { headers: credentials }))
    if (messageResponse.case === "listServicesResponse")
      names.push(...messageResponse.value.service.map(({ name }) => name));
  return names;
}
