import { once } from "node:events";
import { connect } from "node:net";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { hashOfServiceToken, newServiceToken } from "../../src/identity/service-token.ts";
import { EVERYBODY } from "../support/everybody.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";

const PATH = "/nexus.attest.v1.DecisionService/ListDecisions";

const token = newServiceToken();
let server: ServerUnderTest;
beforeEach(async () => {
  const auth = { tokens: [{ service: "pipeline", hash: hashOfServiceToken(token) }] };
  server = await serverUnderTest({ config: { auth, authorization: EVERYBODY } });
});

/** A request of somebody valid. */
const request = (framing: string, body: string) =>
  `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n${framing}\r\n\r\n${body}`;

/** The status of each answer to what is sent over one connection, until the server ends it. */
async function answersTo(text: string): Promise<readonly string[]> {
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(server.url).port) });
  onTestFinished(() => void socket.destroy());
  let answer = "";
  socket.setEncoding("latin1").on("data", (more: string) => {
    answer += more;
  });
  socket.write(text, "latin1");
  await once(socket, "close");
  return [...answer.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status = ""]) => status);
}

/** What a proxy would have taken for a part of the request before it. */
const HIDDEN = request("Content-Length: 2\r\nConnection: close", "{}");

/** What ends a connection in good order. */
const LAST = "GET /last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

test("two requests, one behind the other, are both answered: so that the tests below refuse for their reason", async () => {
  expect(await answersTo(request("Content-Length: 2", "{}") + HIDDEN)).toEqual(["200", "200"]);
});

// RFC 9112, sections 6.1 to 6.3 and 7.1; 11.2 on what is at stake.
test.each([
  ["a length beside chunks", "Content-Length: 6\r\nTransfer-Encoding: chunked", "0\r\n\r\n"],
  ["chunks beside a length", "Transfer-Encoding: chunked\r\nContent-Length: 6", "0\r\n\r\n"],
  ["two lengths", "Content-Length: 2\r\nContent-Length: 40", "{}"],
  ["one length twice", "Content-Length: 2\r\nContent-Length: 2", "{}"],
  ["a list of lengths", "Content-Length: 2, 2", "{}"],
  ["a length with a sign", "Content-Length: +2", "{}"],
  ["a length in hexadecimal", "Content-Length: 0x2", "{}"],
  ["a length before which a space is", "Content-Length : 2", "{}"],
  ["an encoding nobody knows", "Transfer-Encoding: xchunked", "0\r\n\r\n"],
  ["chunks that are not last", "Transfer-Encoding: chunked, identity", "0\r\n\r\n"],
  ["two encodings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"],
  ["chunks by another white space", "Transfer-Encoding:\u000bchunked", "0\r\n\r\n"],
  ["a chunk with a sign", "Transfer-Encoding: chunked", "+2\r\n{}\r\n0\r\n\r\n"],
  ["a chunk in 0x", "Transfer-Encoding: chunked", "0x2\r\n{}\r\n0\r\n\r\n"],
  ["a chunk of more than any number", "Transfer-Encoding: chunked", "FFFFFFFFFFFFFFFF2\r\n{}\r\n0\r\n\r\n"],
  ["lines that end in LF alone", "Transfer-Encoding: chunked", "2\n{}\n0\n\n"],
  ["a chunk that does not end in its place", "Transfer-Encoding: chunked", "2\r\n{}0\r\n\r\n"],
  ["a header behind CR alone", "X: y\rContent-Length: 2", "{}"],
  ["a header that goes on", "X: y\r\n Content-Length: 2", "{}"],
])("what is behind a request that can be read in two ways is no request: %s", async (_, framing, body) => {
  const answers = await answersTo(request(framing, body) + HIDDEN);
  expect(answers).not.toContain("200");
  expect(answers.length).toBeLessThanOrEqual(1);
});

test.each([
  ["that was refused before it was read", `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json`],
  ["of what does not exist", "GET /elsewhere HTTP/1.1\r\nHost: localhost"],
])("neither is the body of a request %s", async (_, head) => {
  const answers = await answersTo(`${head}\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}${LAST}`);
  expect(answers).not.toContain("200");
  expect(answers.length).toBeLessThanOrEqual(2);
});
