import { beforeEach, expect, test } from "vitest";
import { hashOfServiceToken, newServiceToken } from "../../src/identity/service-token.ts";
import { DECISIONS, enveloped } from "../e2e/raw-call.ts";
import { eventually } from "../support/eventually.ts";
import { EVERYBODY } from "../support/everybody.ts";
import { FLAG, frame, headers, rawHttp2, TYPE } from "../support/raw-http2.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";

const token = newServiceToken();
const auth = {
  tokens: [{ service: "portal", hash: hashOfServiceToken(token) }],
  onBehalfOf: [{ service: "portal", people: ["*@test"] }],
};

let server: ServerUnderTest;
beforeEach(async () => {
  server = await serverUnderTest({ config: { auth, authorization: EVERYBODY } });
});

/** Calls over HTTP/2 with metadata as they are given, in which libraries would let nobody put white space. @returns who called, by the log. */
async function callerOf(type: string, metadata: readonly (readonly [string, string])[]): Promise<unknown> {
  const calls = () => server.log.lines.filter(({ message }) => message === "call");
  const before = calls().length;
  const client = rawHttp2(Number(new URL(server.url).port));
  const fields: readonly (readonly [string, string])[] = [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", `${DECISIONS}/ListDecisions`],
    [":authority", "localhost"],
    ["content-type", type],
    ["te", "trailers"],
    ...metadata,
  ];
  const body = type === "application/json" ? Buffer.from("{}") : enveloped(new Uint8Array(0));
  await client.write(
    frame(TYPE.HEADERS, FLAG.END_HEADERS, 1, headers(fields)),
    frame(TYPE.DATA, FLAG.END_STREAM, 1, body),
  );
  await eventually("the call is over", () => calls().length > before);
  client.socket.destroy();
  return calls().at(-1)?.facts["actor"];
}

const TYPES = ["application/json", "application/grpc", "application/grpc-web+proto"] as const;
const BEARER = ["authorization", `Bearer ${token}`] as const;

test.each(TYPES)("%s: so that the tests below tell something", async (type) => {
  expect(await callerOf(type, [BEARER])).toBe("system:portal");
  expect(await callerOf(type, [BEARER, ["x-nexus-on-behalf-of", "alice@test"]])).toBe("human:alice@test");
});

// The HTTP/2 beneath may leave such a header out, and says nothing of it.
test.each(TYPES)(
  "%s: a call for somebody never becomes one in the service's own name because of white space",
  async (type) => {
    for (const person of [" alice@test", "alice@test ", "\talice@test", "alice@test\t", "  alice@test  "])
      expect(await callerOf(type, [BEARER, ["x-nexus-on-behalf-of", person]]), person).toBe("human:alice@test");
    for (const person of [" Alice@test", " alice@elsewhere ", " ", "\t"])
      expect(await callerOf(type, [BEARER, ["x-nexus-on-behalf-of", person]]), person).not.toBe("system:portal");
  },
);

test.each(TYPES)("%s: nor is a second credential passed over because of white space", async (type) => {
  for (const second of [" Bearer x", "Bearer x ", `\t${BEARER[1]}`])
    for (const both of [
      [BEARER, ["authorization", second]],
      [["authorization", second], BEARER],
    ] as const)
      expect(await callerOf(type, both), second).toBeUndefined();
  expect(await callerOf(type, [BEARER, ["nexus-actor", " human:alice"]])).toBeUndefined();
});
