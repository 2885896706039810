import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { request as http1 } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { request as https } from "node:https";
import { connect as connectTcp } from "node:net";
import { join } from "node:path";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { createAuthority, type Issued } from "../support/certificates.ts";
import type { ClientTls } from "../support/server-under-test.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { refusalOf } from "./refusal.ts";
import { bearer, secureStage } from "./secure-server.ts";

async function running(more: (config: object) => object = (config) => config) {
  const stage = await secureStage();
  const server = await serverUnderTest({ directory: stage.directory, config: more(stage.config) });
  const ca = stage.authority.ca;
  const port = Number(new URL(server.url).port);
  /** Shakes hands as a client does that is not a library's. */
  const shakeHands = async (options: ConnectionOptions): Promise<TLSSocket> => {
    const socket = connectTls({ host: "127.0.0.1", port, ca, ...options });
    onTestFinished(() => void socket.destroy());
    await once(socket, "secureConnect");
    return socket;
  };
  const by = (tls: Partial<ClientTls>) => server.as(undefined, { tls: { ca, ...tls } }).decisions.listDecisions({});
  return { ...stage, running: server, ca, port, shakeHands, by };
}

describe("one port over TLS", () => {
  test.each(["grpc", "grpc-web", "connect"] as const)("%s over HTTP/2 and HTTP/1.1", async (protocol) => {
    const { running: server, ca, serviceToken } = await running();
    for (const httpVersion of protocol === "grpc" ? (["2"] as const) : (["1.1", "2"] as const)) {
      const headers = bearer(serviceToken);
      const { decisions } = server.as(undefined, { protocol, httpVersion, headers, tls: { ca } });
      expect((await decisions.listDecisions({})).decisions).toEqual([]);
    }
    expect(server.url).toMatch(/^https:/);
  });

  test("a watch, and unary gRPC by its own way in, on one connection", async () => {
    const { running: server, ca, serviceToken } = await running();
    const { decisions } = server.as(undefined, { headers: bearer(serviceToken), tls: { ca } });
    const leaving = new AbortController();
    for await (const message of decisions.watchDecisions({}, { signal: leaving.signal })) {
      expect(message).toBeTruthy();
      await decisions.listDecisions({});
      break;
    }
    leaving.abort();
  });

  test("what is chosen by ALPN: h2, http/1.1 without it, and nothing else", async () => {
    const { shakeHands } = await running();
    expect((await shakeHands({ ALPNProtocols: ["h2", "http/1.1"] })).alpnProtocol).toBe("h2");
    expect((await shakeHands({ ALPNProtocols: ["http/1.1"] })).alpnProtocol).toBe("http/1.1");
    await expect(shakeHands({ ALPNProtocols: ["spdy/3"] })).rejects.toThrow("alert");
    const plain = await shakeHands({});
    plain.write(
      "POST /grpc.health.v1.Health/Check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
    );
    const [answer] = (await once(plain, "data")) as [Buffer];
    expect(answer.toString("latin1")).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  test("TLS 1.2 is not spoken, unless it is asked for; then with modern ciphers only", async () => {
    const { shakeHands } = await running();
    expect((await shakeHands({})).getProtocol()).toBe("TLSv1.3");
    await expect(shakeHands({ maxVersion: "TLSv1.2" })).rejects.toThrow("alert protocol version");
    const older = await running((config) => ({
      ...config,
      tls: { ...(config as { tls: object }).tls, minVersion: "1.2" },
    }));
    expect((await older.shakeHands({ maxVersion: "TLSv1.2" })).getProtocol()).toBe("TLSv1.2");
    await expect(
      older.shakeHands({ maxVersion: "TLSv1.2", ciphers: "AES128-SHA:AES256-SHA:ECDHE-ECDSA-AES128-SHA" }),
    ).rejects.toThrow();
    await expect(older.shakeHands({ maxVersion: "TLSv1.1", minVersion: "TLSv1.1" })).rejects.toThrow();
  });

  test("plain text to it is cut off, and harms nobody", async () => {
    const { running: server, port, ca, serviceToken } = await running();
    const request = http1({ host: "127.0.0.1", port, path: "/", method: "POST" });
    await expect(once(request.end("{}"), "response")).rejects.toThrow();
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.on("error", () => undefined).on("remoteSettings", () => expect.unreachable("it speaks in the clear"));
    await once(session, "close");
    const rubbish = connectTcp({ host: "127.0.0.1", port })
      .on("error", () => undefined)
      .resume();
    rubbish.end("\x16\x03\x01\xff\xff\x01rubbish");
    await once(rubbish, "close");
    await server.as(undefined, { headers: bearer(serviceToken), tls: { ca } }).decisions.listDecisions({});
  });

  test("a client that never shakes hands does not keep the server from closing", async () => {
    const { running: server, port } = await running();
    const silent = connectTcp({ host: "127.0.0.1", port }).on("error", () => undefined);
    await once(silent, "connect");
    const from = performance.now();
    await server.close();
    expect(performance.now() - from).toBeLessThan(15_000);
  });
});

describe("a client certificate", () => {
  test("of the authority's names the actor", async () => {
    const { running: server, authority, ca, by } = await running();
    const { cert, key } = authority.issue("deployer", { san: "URI:spiffe://test/deployer" });
    await by({ cert, key });
    for (const protocol of ["connect", "grpc-web"] as const)
      for (const httpVersion of ["1.1", "2"] as const)
        await server.as(undefined, { protocol, httpVersion, tls: { ca, cert, key } }).decisions.listDecisions({});
    const actors = server.log.lines.filter(({ message }) => message === "call").map(({ facts }) => facts["actor"]);
    expect(actors).toEqual(Array.from({ length: 5 }, () => "system:deployer"));
  });

  test.each([
    [
      "of another authority of the same name",
      "SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE",
    ],
  ])("%s is refused", async (_, code) => {
    const { directory, by } = await running();
    const other = createAuthority(directory, "elsewhere/authority");
    const { cert, key } = other.issue("deployer", { san: "URI:spiffe://test/deployer" });
    const refusal = await refusalOf(by({ cert, key }));
    expect(refusal).toMatchObject({ code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    expect(refusal.message).toMatch(new RegExp(code));
  });

  test.each([
    ["that has expired", { validity: ["20200101000000Z", "20210101000000Z"] as const }, "CERT_HAS_EXPIRED"],
    ["that is not valid yet", { validity: ["20500101000000Z", "20510101000000Z"] as const }, "CERT_NOT_YET_VALID"],
    ["that is for servers", { usage: "serverAuth" as const }, "INVALID_PURPOSE"],
    ["that does not say what it is for", { usage: "none" as const }, "INVALID_PURPOSE"],
    [
      "whose name is only its common name",
      { san: "DNS:x", commonName: "spiffe:\\/\\/test\\/deployer" },
      "stands for nobody",
    ],
    ["of somebody who is not known", { san: "URI:spiffe://elsewhere/deployer" }, "stands for nobody"],
    ["that would be the server itself", { san: "URI:spiffe://test/nexus-attest" }, "server itself"],
    ["with two identities", { san: "URI:spiffe://test/a,email:b@test" }, "more than one"],
    [
      "with a comma and another name in its name",
      { san: ["URI:spiffe://test/a, URI:spiffe://test/b"] },
      "stands for nobody",
    ],
  ])("%s is refused", async (_, options, words) => {
    const { authority, by } = await running();
    const { cert, key } = authority.issue("client", { san: "URI:spiffe://test/deployer", ...options });
    const refusal = await refusalOf(by({ cert, key }));
    expect(refusal).toMatchObject({ code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    expect(refusal.message).toContain(words);
  });

  test("that is revoked is refused, also where it comes with a session of an earlier connection", async () => {
    const { authority, by, publishCrl, shakeHands } = await running();
    const { cert, key } = authority.issue("deployer", { san: "URI:spiffe://test/deployer" });
    const first = await shakeHands({ cert, key, ALPNProtocols: ["h2"] });
    let session: Buffer | undefined;
    first.on("session", (given: Buffer) => {
      session = given;
    });
    await by({ cert, key });
    const again = await shakeHands({ cert, key, session: session ?? first.getSession(), ALPNProtocols: ["h2"] });
    expect(again.isSessionReused()).toBe(false);

    const revoked = await running();
    const bad = revoked.authority.issue("bad", { san: "URI:spiffe://test/bad" });
    revoked.authority.revoke(bad);
    revoked.publishCrl();
    publishCrl();
    await revoked.running.close();
    const restarted = await serverUnderTest({ config: revoked.config });
    const refusal = await refusalOf(
      restarted.as(undefined, { tls: { ca: revoked.ca, cert: bad.cert, key: bad.key } }).decisions.listDecisions({}),
    );
    expect(refusal.message).toContain("CERT_REVOKED");
  });

  test("of any of several authorities is taken, and held against the lists of all of them", async () => {
    const stage = await secureStage();
    const second = createAuthority(stage.directory, "second");
    const [good, bad] = ["good", "bad"].map((name) => second.issue(name, { san: `URI:spiffe://test/${name}` }));
    if (good === undefined || bad === undefined) throw new Error("no certificates");
    second.revoke(bad);
    const { auth, ...config } = stage.config as { readonly auth: { readonly mtls: object } };
    const caFile = join(stage.directory, "both.pem");
    const crlFile = join(stage.directory, "both-revoked.pem");
    writeFileSync(caFile, stage.authority.ca + second.ca);
    writeFileSync(crlFile, stage.authority.crl() + second.crl());
    const server = await serverUnderTest({
      config: { ...config, auth: { ...auth, mtls: { ...auth.mtls, caFile, crlFile } } },
    });
    const by = ({ cert, key }: Issued) =>
      server.as(undefined, { tls: { ca: stage.authority.ca, cert, key } }).decisions.listDecisions({});
    await by(good);
    await by(stage.authority.issue("first", { san: "URI:spiffe://test/first" }));
    expect((await refusalOf(by(bad))).message).toContain("CERT_REVOKED");
  });

  test("and a token in one call are refused, and so is a bad certificate beside a good token", async () => {
    const { running: server, authority, ca, serviceToken } = await running();
    const good = authority.issue("deployer", { san: "URI:spiffe://test/deployer" });
    const bad = authority.issue("old", {
      san: "URI:spiffe://test/old",
      validity: ["20200101000000Z", "20210101000000Z"],
    });
    for (const { cert, key } of [good, bad]) {
      const { decisions } = server.as(undefined, { tls: { ca, cert, key }, headers: bearer(serviceToken) });
      expect((await refusalOf(decisions.listDecisions({}))).message).toContain("one credential only");
    }
  });
});

test("a page of another origin is refused although the browser sends its user's certificate along", async () => {
  const { authority, ca, port } = await running();
  const { cert, key } = authority.issue("alice", { san: "email:alice@test" });
  const status = async (headers: Record<string, string>) => {
    const options = {
      host: "127.0.0.1",
      port,
      method: "POST",
      path: "/nexus.attest.v1.DecisionService/ListDecisions",
      ca,
      cert,
      key,
    };
    const request = https({ ...options, headers: { "content-type": "application/json", ...headers }, agent: false });
    const [response] = await once(request.end("{}"), "response");
    response.resume();
    return response.statusCode as number;
  };
  expect(await status({})).toBe(200);
  expect(await status({ origin: `https://127.0.0.1:${port}` })).toBe(200);
  expect(await status({ origin: "https://evil.example" })).toBe(403);
  expect(await status({ origin: `http://127.0.0.1:${port}` })).toBe(403);
  expect(await status({ "sec-fetch-site": "cross-site" })).toBe(403);
});
