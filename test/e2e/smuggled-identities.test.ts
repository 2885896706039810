import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { hashOfServiceToken, newServiceToken } from "../../src/identity/service-token.ts";
import { EVERYBODY } from "../support/everybody.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { DECISIONS, enveloped } from "./raw-call.ts";

const [alice, mallory] = [newServiceToken(), newServiceToken()];
const AUTH = {
  tokens: [
    { service: "alice", hash: hashOfServiceToken(alice) },
    { service: "mallory", hash: hashOfServiceToken(mallory) },
  ],
  onBehalfOf: [{ service: "alice", people: ["*@test"] }],
};
const PATH = `${DECISIONS}/ListDecisions`;
const CLAIMED = { auth: { development: true } };

/** Sends lines of HTTP/1.1 as they are, and gives the status of the answer. */
async function overHttp1(
  server: ServerUnderTest,
  lines: readonly string[],
  body = "{}",
  trailers = "",
): Promise<number> {
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(server.url).port) });
  onTestFinished(() => void socket.destroy());
  const chunked = trailers !== "";
  const length = chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${body.length}`;
  const head = [`POST ${PATH} HTTP/1.1`, "Host: localhost", "Content-Type: application/json", length, ...lines].join(
    "\r\n",
  );
  socket.write(
    `${head}\r\n\r\n${chunked ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n${trailers}\r\n\r\n` : body}`,
  );
  const [answer] = (await once(socket, "data")) as [Buffer];
  return Number(answer.toString("latin1").slice(9, 12));
}

/** Sends a gRPC call with headers as they are, each as often as it is there, and gives its grpc-status. */
async function overHttp2(
  server: ServerUnderTest,
  headers: readonly (readonly [string, string])[],
  options: { readonly type?: string; readonly path?: string; readonly trailers?: Record<string, string> } = {},
): Promise<string> {
  const { type = "application/grpc", path = PATH, trailers } = options;
  // The second of two goes out as well; the types do not know the option for clients.
  const session = connectHttp2(server.url, { strictSingleValueFields: false } as object);
  onTestFinished(() => session.destroy());
  const raw = [
    ":method",
    "POST",
    ":path",
    path,
    ":scheme",
    "http",
    ":authority",
    "localhost",
    "content-type",
    type,
    ...headers.flat(),
  ];
  // An array is sent as it stands, where an object would join what comes twice.
  const stream = session.request(raw, { waitForTrailers: trailers !== undefined });
  if (trailers !== undefined) stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  stream.on("error", () => undefined);
  let status = "";
  for (const event of ["response", "trailers"])
    stream.on(event, (received: Record<string, string>) => {
      status = received["grpc-status"] ?? status;
    });
  let text = "";
  stream.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
  });
  stream.end(enveloped(new Uint8Array(0)));
  await once(stream, "end");
  session.destroy();
  return status === "" ? (/grpc-status: ?(\d+)/.exec(text)?.[1] ?? "") : status;
}

const actorsOf = (server: ServerUnderTest) =>
  server.log.lines.filter(({ message }) => message === "call").map(({ facts }) => facts["actor"]);

describe("an identity that comes twice is nobody's, whichever of the two is good", () => {
  const twice = [
    [
      "two tokens",
      [
        ["authorization", `Bearer ${alice}`],
        ["authorization", `Bearer ${mallory}`],
      ],
    ],
    [
      "the same token twice",
      [
        ["authorization", `Bearer ${alice}`],
        ["authorization", `Bearer ${alice}`],
      ],
    ],
    [
      "the second in capitals",
      [
        ["authorization", `Bearer ${alice}`],
        ["AUTHORIZATION", `Bearer ${mallory}`],
      ],
    ],
    [
      "a token and an empty one",
      [
        ["authorization", `Bearer ${alice}`],
        ["authorization", ""],
      ],
    ],
    [
      "rubbish and a token",
      [
        ["authorization", "x"],
        ["authorization", `Bearer ${alice}`],
      ],
    ],
    [
      "two people",
      [
        ["authorization", `Bearer ${alice}`],
        ["x-nexus-on-behalf-of", "a@test"],
        ["x-nexus-on-behalf-of", "b@test"],
      ],
    ],
  ] as const;

  test.each(twice)("%s, over HTTP/1.1", async (_, headers) => {
    const server = await serverUnderTest({ config: { auth: AUTH, authorization: EVERYBODY } });
    expect(
      await overHttp1(
        server,
        headers.map(([name, value]) => `${name}: ${value}`),
      ),
    ).toBe(401);
    expect(actorsOf(server)).toEqual([undefined]);
  });

  test.each(twice)("%s, over HTTP/2", async (_, headers) => {
    const server = await serverUnderTest({ config: { auth: AUTH, authorization: EVERYBODY } });
    const lower = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
    for (const [type, path] of [
      ["application/grpc", PATH],
      ["application/grpc+json", PATH],
      ["application/grpc-web", PATH],
      ["application/grpc", `${DECISIONS}/WatchDecisions`],
    ] as const)
      expect(await overHttp2(server, lower, { type, path }), type).toBe("16");
    expect(new Set(actorsOf(server))).toEqual(new Set([undefined]));
  });

  test("and once it is taken, so that the tests above refuse for that reason", async () => {
    const server = await serverUnderTest({ config: { auth: AUTH, authorization: EVERYBODY } });
    expect(await overHttp1(server, [`Authorization: Bearer ${alice}`])).toBe(200);
    expect(await overHttp2(server, [["authorization", `Bearer ${alice}`]])).toBe("0");
    expect(await overHttp2(server, [["authorization", `Bearer ${alice}`]], { type: "application/grpc-web" })).toBe("0");
    const acting = [
      ["authorization", `Bearer ${alice}`],
      ["x-nexus-on-behalf-of", "a@test"],
    ] as const;
    expect(await overHttp2(server, acting)).toBe("0");
    expect(actorsOf(server)).toEqual(["system:alice", "system:alice", "system:alice", "human:a@test"]);
  });
});

describe("an identity has one place", () => {
  test.each([
    "authorization-bin",
    "nexus-actor-bin",
    "x-nexus-on-behalf-of-bin",
    "proxy-authorization",
    "cookie",
    "x-forwarded-user",
    "x-remote-user",
    "x-forwarded-client-cert",
    "grpc-metadata-authorization",
    "trailer-authorization",
    "connect-authorization",
    "x-authorization",
    "authorization2",
  ])("the header %s is none", async (name) => {
    const server = await serverUnderTest({ config: { auth: AUTH, authorization: EVERYBODY } });
    const values = [`Bearer ${alice}`, Buffer.from(`Bearer ${alice}`).toString("base64"), "human:alice"];
    for (const value of values) {
      expect(await overHttp1(server, [`${name}: ${value}`])).toBe(401);
      expect(await overHttp2(server, [[name, value]])).toBe("16");
      expect(await overHttp2(server, [[name, value]], { type: "application/grpc-web" })).toBe("16");
    }
  });

  test("trailers are not it", async () => {
    const server = await serverUnderTest({ config: { auth: AUTH, authorization: EVERYBODY } });
    expect(await overHttp1(server, [], "{}", `Authorization: Bearer ${alice}`)).toBe(401);
    expect(await overHttp2(server, [], { trailers: { authorization: `Bearer ${alice}` } })).toBe("16");
    expect(
      await overHttp2(server, [["authorization", `Bearer ${alice}`]], {
        trailers: { authorization: `Bearer ${mallory}` },
      }),
    ).toBe("0");
    expect(actorsOf(server).at(-1)).toBe("system:alice");
  });

  test("neither is the query, nor the path", async () => {
    const server = await serverUnderTest({ config: { auth: AUTH, authorization: EVERYBODY } });
    for (const path of [
      `${PATH}?authorization=Bearer%20${alice}`,
      `${PATH}?access_token=${alice}`,
      `${PATH}/`,
      `/${PATH}`,
      PATH.toLowerCase(),
      `${PATH}%00`,
      `/x/..${PATH}`,
    ]) {
      const response = await fetch(`${server.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      });
      expect([401, 404], path).toContain(response.status);
    }
  });

  test("a line that is folded, or a name with a space before its colon, is no header", async () => {
    const server = await serverUnderTest({ config: { auth: AUTH, authorization: EVERYBODY } });
    for (const line of [
      `X: y\r\n Authorization: Bearer ${alice}`,
      `Authorization : Bearer ${alice}`,
      `Authorization\t: Bearer ${alice}`,
      `X: y\nAuthorization: Bearer ${alice}\n`,
    ])
      expect([400, 401], line).toContain(await overHttp1(server, [line]));
    expect(actorsOf(server).filter((actor) => actor !== undefined)).toEqual([]);
  });
});

describe("look-alikes of a claimed name are refused", () => {
  test.each([
    ["capitals", "human:Alice"],
    ["white space before", "human: alice"],
    ["white space within", "human:al ice"],
    ["a no-break space", "human:alice\u00a0"],
    ["UTF-8 of a Cyrillic letter, as bytes", Buffer.from("human:\u0430lice").toString("latin1")],
    ["UTF-8 of a zero-width space, as bytes", Buffer.from("human:ali\u200bce").toString("latin1")],
    ["percent-encoded capitals of the server's own name", "system:Nexus-Attest"],
  ])("%s", async (_, name) => {
    const server = await serverUnderTest({ config: CLAIMED });
    expect(await overHttp1(server, [`nexus-actor: ${name}`])).toBe(401);
  });
});
