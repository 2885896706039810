import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { actorIdProblem } from "../../src/domain/actor.ts";
import { hashOfServiceToken, newServiceToken } from "../../src/identity/service-token.ts";
import { DECISIONS, enveloped } from "../e2e/raw-call.ts";
import { EVERYBODY } from "../support/everybody.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";

const token = newServiceToken();
const BEARER = `Bearer ${token}`;
const CONFIG = {
  auth: {
    tokens: [{ service: "portal", hash: hashOfServiceToken(token) }],
    onBehalfOf: [{ service: "portal", people: ["*@test"] }],
  },
  authorization: EVERYBODY,
};
const LIST = `${DECISIONS}/ListDecisions`;

let server: ServerUnderTest;
beforeEach(async () => {
  server = await serverUnderTest({ config: CONFIG });
});

/** Sends a request of HTTP/1.1 as it is and gives the status of the answer. */
async function status(head: readonly string[], body: string | Uint8Array = "{}"): Promise<number> {
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(server.url).port) });
  onTestFinished(() => void socket.destroy());
  const bytes = Buffer.from(body);
  socket.write(`${[...head, "Host: localhost", `Content-Length: ${bytes.length}`].join("\r\n")}\r\n\r\n`, "latin1");
  socket.write(bytes);
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return Number(answer.toString("latin1").slice(9, 12));
}

/** Who was taken to have called, call by call. */
const actors = () => server.log.lines.filter(({ message }) => message === "call").map(({ facts }) => facts["actor"]);

const POST = (type: string) => [`POST ${LIST} HTTP/1.1`, `Content-Type: ${type}`];

describe("credentials that are somewhere else are none:", () => {
  test("in the trailer frame of gRPC-Web, where only servers send any", async () => {
    for (const [type, encode] of [
      ["application/grpc-web+proto", (bytes: Uint8Array) => bytes],
      ["application/grpc-web-text", (bytes: Uint8Array) => Buffer.from(Buffer.from(bytes).toString("base64"))],
    ] as const) {
      const trailer = enveloped(Buffer.from(`authorization: ${BEARER}\r\n`), 0x80);
      const body = encode(Buffer.concat([enveloped(new Uint8Array(0)), trailer]));
      // gRPC-Web tells errors behind a 200.
      expect([200, 415], type).toContain(await status(POST(type), body));
    }
    expect(actors().length).toBeGreaterThan(0);
    expect(actors().filter((actor) => actor !== undefined)).toEqual([]);
  });

  test("in the metadata of Connect's end of stream, and in unary trailers written as headers", async () => {
    const end = enveloped(Buffer.from(JSON.stringify({ metadata: { authorization: [BEARER] } })), 2);
    await status(
      [`POST ${DECISIONS}/WatchDecisions HTTP/1.1`, "Content-Type: application/connect+json"],
      Buffer.concat([enveloped(Buffer.from("{}")), end]),
    );
    await status([...POST("application/json"), `Trailer-Authorization: ${BEARER}`]);
    expect(actors()).toEqual([undefined, undefined]);
  });

  test("in a header that a proxy is to cut off, the token still counts; it does not count for whom it names in another", async () => {
    expect(
      await status([...POST("application/json"), "Connection: close, authorization", `Authorization: ${BEARER}`]),
    ).toBe(200);
    expect(
      await status([...POST("application/json"), "Connection: x-nexus-on-behalf-of", "X-Nexus-On-Behalf-Of: ann@test"]),
    ).toBe(401);
    expect(actors()).toEqual(["system:portal", undefined]);
  });

  test("in a method that another header turns the call into, or a GET that carries it all", async () => {
    const query = `connect=v1&encoding=json&message=%7B%7D&authorization=${encodeURIComponent(BEARER)}`;
    for (const verb of ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
      expect([401, 404, 405], verb).toContain(
        await status([`${verb} ${LIST}?${query}`.concat(" HTTP/1.1"), "X-HTTP-Method-Override: POST"], ""),
      );
    expect(actors().filter((actor) => actor !== undefined)).toEqual([]);
  });

  test("in a body that is packed, or that says of itself what it is", async () => {
    const packed = gzipSync(JSON.stringify({ authorization: BEARER, actor: { id: "ann@test" } }));
    expect(await status([...POST("application/json"), "Content-Encoding: gzip"], packed)).toBe(401);
    expect(
      await status([...POST("application/json"), "Content-Encoding: gzip", `Authorization: ${BEARER}`], packed),
    ).toBe(400);
  });
});

test("a GET of a call without side effects wants the same token as a POST", async () => {
  const path = `${LIST}?connect=v1&encoding=json&message=%7B%7D`;
  const get = (...headers: string[]) => status([`GET ${path} HTTP/1.1`, ...headers], "");
  const good = await get(`Authorization: ${BEARER}`);
  expect([200, 405]).toContain(good);
  expect(await get()).toBe(good === 405 ? 405 : 401);
  // What changes something cannot be got at by a link.
  const approve = `${DECISIONS}/GrantApproval?connect=v1&encoding=json&message=%7B%22decisionId%22%3A%22${"0".repeat(32)}%22%7D`;
  expect(await status([`GET ${approve} HTTP/1.1`, `Authorization: ${BEARER}`], "")).toBe(405);
});

describe("an identity that only looks like another is refused, not tidied up", () => {
  /** What people and libraries write in place of a plain name. */
  const looks = (name: string): readonly (readonly [string, string])[] => [
    ["capitals", name.toUpperCase()],
    ["one capital", `${name[0]?.toUpperCase()}${name.slice(1)}`],
    ["a Cyrillic letter", name.replace("a", "\u0430")],
    ["a fullwidth letter", name.replace("a", "\uff41")],
    ["a letter with its accent apart (NFD)", `e\u0301${name}`],
    ["the same in one (NFC)", `\u00e9${name}`],
    ["a zero-width space", `al\u200bice@test`],
    ["a zero-width joiner", `al\u200dice@test`],
    ["a soft hyphen", `al\u00adice@test`],
    ["a byte order mark", `\ufeff${name}`],
    ["a right-to-left override", `\u202e${name}`],
    ["an isolate", `\u2066${name}\u2069`],
    ["a variation selector", `${name}\ufe0f`],
    ["a no-break space", `${name}\u00a0`],
    ["a space within", `al ice@test`],
    ["a tab within", `al\tice@test`],
    ["a comma", `${name},bob@test`],
    ["a null byte", `${name}\0`],
    ["a line feed", `${name}\nx`],
    ["the Kelvin sign", `\u212aim@test`],
    ["a mathematical letter", `\u{1d41a}lice@test`],
  ];

  test.each(looks("alice@test"))("%s", async (_, id) => {
    expect(actorIdProblem(id)).toBeDefined();
    // The bytes of UTF-8, as a client would send them.
    const raw = Buffer.from(id, "utf8").toString("latin1");
    const sent = await status([
      ...POST("application/json"),
      `Authorization: ${BEARER}`,
      `X-Nexus-On-Behalf-Of: ${raw}`,
    ]).catch(() => 400);
    expect([400, 401, 403]).toContain(sent);
    expect(actors().filter((actor) => actor !== undefined && actor !== "system:portal")).toEqual([]);
  });

  test("of all ids that are taken no two are alike once they are normalised and folded", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 40 }), (id) => {
        if (actorIdProblem(id) !== undefined) return;
        expect(id.normalize("NFKC").toLowerCase().trim()).toBe(id);
        expect(id).toMatch(/^[\x21-\x7e]+$/);
      }),
      { numRuns: 5_000 },
    );
  });
});

test("a call over HTTP/2 with headers of HTTP/1.1, in capitals or with two authorities is no call", async () => {
  for (const extra of [{ "transfer-encoding": "chunked" }, { connection: "authorization" }, { upgrade: "h2c" }]) {
    const session = connectHttp2(server.url).on("error", () => undefined);
    onTestFinished(() => session.destroy());
    const outcome = await new Promise((resolve) => {
      try {
        const stream = session.request({
          ":method": "POST",
          ":path": LIST,
          "content-type": "application/json",
          authorization: BEARER,
          ...extra,
        });
        stream.on("response", (headers) => resolve(headers[":status"])).on("error", () => resolve("refused"));
        stream.end("{}");
      } catch {
        resolve("not even sent");
      }
    });
    expect(["refused", "not even sent", 400]).toContain(outcome);
  }
});
