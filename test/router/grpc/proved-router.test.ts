import { once } from "node:events";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as createPlainServer } from "node:http2";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { configSchema } from "../../../src/config/schema.ts";
import { readRouterCredentials } from "../../../src/router-files.ts";
import { type Authority, type CertificateOptions, createAuthority, type Issued } from "../../support/certificates.ts";
import { eventually } from "../../support/eventually.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { newDecisionId, runRequest } from "../local/recorder.ts";
import { ACCEPTED, answerWith, describedAs, finishedWith, routerAt, routerProcess } from "./router-process.ts";
import type { Script } from "./router-program.ts";

vi.setConfig({ testTimeout: 60_000 });

const WELL = {
  DescribeAdapter: [describedAs()],
  Run: [ACCEPTED, finishedWith(), "end"],
  GetRun: [answerWith()],
} satisfies Script;
const LOOPBACK: CertificateOptions = { san: "IP:127.0.0.1", usage: "serverAuth" };

function stage() {
  const directory = temporaryDirectory();
  return { directory, authority: createAuthority(directory), stranger: createAuthority(directory, "stranger") };
}

const tlsOf = (authority: Authority, name: string, options: CertificateOptions, clientCaFile?: string) => {
  const { certFile, keyFile } = authority.issue(name, options);
  return { certFile, keyFile, ...(clientCaFile === undefined ? {} : { clientCaFile }) };
};

/** A router as the configuration names it. */
function configured(url: string, entry: { readonly tls?: object; readonly token?: object }, timeout = 20_000) {
  const read = () => {
    const { routers } = configSchema.parse({ routers: [{ name: "far", url, adapters: ["remote"], ...entry }] });
    const [config] = routers;
    if (config === undefined) throw new Error("no router");
    return readRouterCredentials(config, "routers[0]", process.env);
  };
  const router = routerAt(url, { credentials: read(), timeout });
  return { ...router, renew: () => router.renew(read()) };
}

type Remote = ReturnType<typeof configured>;

const run = async (router: Remote) =>
  await Array.fromAsync(router.run(runRequest({ adapterId: "remote" }))).catch((error: unknown) => error);

const DONE = [{ kind: "accepted" }, { kind: "finished", run: { state: "SUCCEEDED" } }];

/** Whatever it is asked, the router is told nothing: no run was begun, and nobody could say that it was. */
async function expectNothingSent(router: Remote, words: RegExp): Promise<void> {
  await expect(router.describeAdapter("remote")).rejects.toMatchObject({
    name: "RouterUnavailable",
    message: expect.stringMatching(words),
  });
  expect(await run(router)).toMatchObject({
    name: "RunRefused",
    code: "NOT_SENT",
    message: expect.stringMatching(words),
  });
  await expect(router.getRun("remote", newDecisionId())).rejects.toMatchObject({ name: "RouterUnavailable" });
}

describe("a router over TLS", () => {
  test("of the right authority, by the right name, is spoken to in TLS 1.3; what it says counts", async () => {
    const { authority } = stage();
    const { url } = await routerProcess({ ...WELL, tls: tlsOf(authority, "router", LOOPBACK) });
    const router = configured(url, { tls: { caFile: authority.caFile } });
    expect(await router.describeAdapter("remote")).toMatchObject({ capabilities: ["apply", "dry_run"] });
    expect(await run(router)).toMatchObject(DONE);
  });

  test("may have another name than its address, if that is what is looked for", async () => {
    const { authority } = stage();
    const tls = tlsOf(authority, "router", { san: "DNS:router.example.com", usage: "serverAuth" });
    const { url } = await routerProcess({ ...WELL, tls });
    const { caFile } = authority;
    expect(await run(configured(url, { tls: { caFile, serverName: "router.example.com" } }))).toMatchObject(DONE);
    await expectNothingSent(configured(url, { tls: { caFile } }), /for another name.*ERR_TLS_CERT_ALTNAME_INVALID/);
    await expectNothingSent(configured(url, { tls: { caFile, serverName: "example.com" } }), /for another name/);
  });

  test.each<[what: string, words: RegExp, options: CertificateOptions]>([
    ["for another name", /for another name/, { san: "DNS:other.example.com", usage: "serverAuth" }],
    ["for another address", /for another name/, { san: "IP:127.0.0.2", usage: "serverAuth" }],
    [
      "that has expired",
      /has expired \(CERT_HAS_EXPIRED\)/,
      { ...LOOPBACK, validity: ["20200101000000Z", "20210101000000Z"] },
    ],
    ["that is not valid yet", /not valid yet/, { ...LOOPBACK, validity: ["20490101000000Z", "20491231000000Z"] }],
    ["for clients", /not one for servers/, { ...LOOPBACK, usage: "clientAuth" }],
  ])("that shows a certificate %s is told nothing", async (_, words, options) => {
    const { authority } = stage();
    const { url, calls } = await routerProcess({ ...WELL, tls: tlsOf(authority, "router", options) });
    await expectNothingSent(configured(url, { tls: { caFile: authority.caFile } }), words);
    expect([...calls("DescribeAdapter"), ...calls("Run"), ...calls("GetRun")]).toEqual([]);
  });

  test("that has the name as its common name only is told nothing", async () => {
    const { authority } = stage();
    const named: CertificateOptions = {
      san: "email:a@example.com",
      usage: "serverAuth",
      commonName: "router.example.com",
    };
    const { url, calls } = await routerProcess({ ...WELL, tls: tlsOf(authority, "router", named) });
    const tls = { caFile: authority.caFile, serverName: "router.example.com" };
    await expectNothingSent(configured(url, { tls }), /for another name/);
    expect(calls("Run")).toEqual([]);
  });

  test("whose certificate its authority has revoked is told nothing, once that is on the list", async () => {
    const { directory, authority } = stage();
    const crlFile = join(directory, "revoked.pem");
    const publish = () => writeFileSync(crlFile, authority.crl());
    const [good, bad] = ["good", "bad"].map((name) => authority.issue(name, LOOPBACK)) as [Issued, Issued];
    publish();
    const [one, other] = [await routerProcess({ ...WELL, tls: good }), await routerProcess({ ...WELL, tls: bad })];
    const by = (url: string) => configured(url, { tls: { caFile: authority.caFile, crlFile } });
    const [toOne, toOther] = [by(one.url), by(other.url)];
    expect(await run(toOne)).toMatchObject(DONE);
    expect(await run(toOther)).toMatchObject(DONE);
    authority.revoke(bad);
    publish();
    for (const router of [toOne, toOther]) router.renew();
    await expectNothingSent(toOther, /its certificate has been revoked \(CERT_REVOKED\)/);
    expect(other.calls("Run"), "the one before").toHaveLength(1);
    expect(await run(toOne)).toMatchObject(DONE);
  });

  test("whose authority has no list, or not a current one, is told nothing where lists are asked for", async () => {
    const { directory, authority, stranger } = stage();
    const crlFile = join(directory, "revoked.pem");
    writeFileSync(crlFile, stranger.crl());
    const { url, calls } = await routerProcess({ ...WELL, tls: tlsOf(authority, "router", LOOPBACK) });
    const tls = { caFile: authority.caFile, crlFile };
    await expectNothingSent(configured(url, { tls }), /no list of what its authority has revoked.*UNABLE_TO_GET_CRL/);
    writeFileSync(crlFile, authority.crl({ from: "20200101000000Z", until: "20200201000000Z" }));
    await expectNothingSent(configured(url, { tls }), /is too old; see tls\.crlFile \(CRL_HAS_EXPIRED\)/);
    expect(calls("Run")).toEqual([]);
  });

  test.each(["stranger", "well-known"])(
    "of another authority than the configured one is told nothing: %s",
    async (whom) => {
      const { authority, stranger } = stage();
      const { url, calls } = await routerProcess({ ...WELL, tls: tlsOf(authority, "router", LOOPBACK) });
      const tls = whom === "stranger" ? { caFile: stranger.caFile } : {};
      await expectNothingSent(configured(url, { tls }), /of no authority that is trusted here; see tls\.caFile/);
      expect(calls("Run")).toEqual([]);
    },
  );

  test("is not believed because a variable of Node's says so", async () => {
    const { authority, stranger } = stage();
    const { url } = await routerProcess({ ...WELL, tls: tlsOf(authority, "router", LOOPBACK) });
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    onTestFinished(() => void delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"]);
    await expectNothingSent(configured(url, { tls: { caFile: stranger.caFile } }), /of no authority/);
  });

  /** What listens there is no router. */
  async function listener(kind: "tls" | "plain" | "silent", options: TlsOptions = {}) {
    const server =
      kind === "tls"
        ? createTlsServer(options, (socket) => socket.on("error", () => undefined))
        : kind === "plain"
          ? createPlainServer()
          : createTcpServer((socket) => socket.on("error", () => undefined));
    await once(server.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void server.close());
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test("that speaks an older TLS only is told nothing, unless the configuration takes that", async () => {
    const { authority } = stage();
    const { cert, key } = authority.issue("router", LOOPBACK);
    const url = await listener("tls", { cert, key, maxVersion: "TLSv1.2", ALPNProtocols: ["h2"] });
    const { caFile } = authority;
    await expectNothingSent(configured(url, { tls: { caFile } }), /speaks no TLS that is allowed here/);
    const older = configured(url, { tls: { caFile, minVersion: "1.2" } }, 500);
    await expect(older.describeAdapter("remote")).rejects.toThrow(/DeadlineExceeded/);
  });

  test("that speaks TLS but no HTTP/2 is told nothing", async () => {
    const { authority } = stage();
    const { cert, key } = authority.issue("router", LOOPBACK);
    const url = await listener("tls", { cert, key });
    await expectNothingSent(configured(url, { tls: { caFile: authority.caFile } }), /speaks TLS but no HTTP\/2/);
  });

  test("that does not speak TLS is told nothing", async () => {
    await expectNothingSent(configured(await listener("plain"), {}), /does not speak TLS/);
  });

  test("whose handshake never ends is given up, so that the next call tries anew", async () => {
    const router = configured(await listener("silent"), {}, 300);
    await expectNothingSent(router, /DeadlineExceeded/);
    const patient = configured(await listener("silent"), {}, 30_000);
    await expect(patient.describeAdapter("remote")).rejects.toThrow(/no connection within 10000 ms/);
  });
});

/** The alert by which a router refuses a certificate reaches its client before the connection is gone, or it does not. */
const NOT_SHOWN =
  /wants a client certificate; see tls\.certFile|ended the connection without a word.*see tls\.certFile/;
const REFUSED = /refuses this server's certificate|ended the connection without a word.*see tls\.certFile/;

describe("a router that wants to know who calls", () => {
  test("is shown a client certificate, and lets in whoever has the right one", async () => {
    const { authority, stranger } = stage();
    const { url, calls } = await routerProcess({
      ...WELL,
      tls: tlsOf(authority, "router", LOOPBACK, authority.caFile),
    });
    const { caFile } = authority;
    const mine = authority.issue("server", { san: "URI:spiffe://test/server" });
    const theirs = stranger.issue("server", { san: "URI:spiffe://test/server" });
    const late = authority.issue("late", {
      san: "URI:spiffe://test/server",
      validity: ["20200101000000Z", "20210101000000Z"],
    });
    const by = ({ certFile, keyFile }: typeof mine) => configured(url, { tls: { caFile, certFile, keyFile } });
    await expectNothingSent(configured(url, { tls: { caFile } }), NOT_SHOWN);
    await expectNothingSent(by(theirs), REFUSED);
    await expectNothingSent(by(late), REFUSED);
    expect([...calls("DescribeAdapter"), ...calls("Run"), ...calls("GetRun")]).toEqual([]);
    expect(await run(by(mine))).toMatchObject(DONE);
  });

  test("is shown a token with every call, and lets in whoever has the right one", async () => {
    const { directory, authority } = stage();
    const [theirs, mine] = [join(directory, "theirs"), join(directory, "mine")];
    writeFileSync(theirs, "the-right-token");
    writeFileSync(mine, "a-wrong-token\n");
    const { url, calls, notLetIn } = await routerProcess({
      ...WELL,
      tls: tlsOf(authority, "router", LOOPBACK),
      tokenFile: theirs,
    });
    const router = configured(url, { tls: { caFile: authority.caFile }, token: { file: mine } });
    await expectNothingSent(
      router,
      /does not let this server in \(Unauthenticated: this router does not know the token\)/,
    );
    await expectNothingSent(configured(url, { tls: { caFile: authority.caFile } }), /does not let this server in/);
    expect([...calls("DescribeAdapter"), ...calls("Run")]).toEqual([]);
    expect(notLetIn("Run"), "the run was not even tried").toBe(0);
    writeFileSync(mine, "the-right-token\n");
    router.renew();
    expect(await run(router)).toMatchObject(DONE);
    await router.getRun("remote", newDecisionId());
  });

  test("and takes the token back after it was asked about the adapter: nobody can say here whether the run was begun", async () => {
    const { url, calls } = await routerProcess({
      DescribeAdapter: [describedAs()],
      Run: [{ fail: 16, message: "the token has been revoked" }],
    });
    expect(await run(configured(url, {}))).toMatchObject({ name: "RouterUnavailable" });
    expect(calls("Run")).toHaveLength(1);
  });
});

describe("credentials that change", () => {
  const SLOWLY = { ...WELL, Run: [ACCEPTED, { pause: 4_000 }, finishedWith(), "end"] } satisfies Script;

  async function underWay(timeout: number) {
    const { directory, authority, stranger } = stage();
    const caFile = join(directory, "trusted.pem");
    copyFileSync(authority.caFile, caFile);
    const first = authority.issue("first", { san: "URI:spiffe://test/server" });
    const [certFile, keyFile] = [join(directory, "mine.pem"), join(directory, "mine.key")];
    copyFileSync(first.certFile, certFile);
    copyFileSync(first.keyFile, keyFile);
    const served = await routerProcess({ ...SLOWLY, tls: tlsOf(authority, "router", LOOPBACK, authority.caFile) });
    const router = configured(served.url, { tls: { caFile, certFile, keyFile } }, timeout);
    const running = run(router);
    await eventually("the run is under way", () => served.calls("Run").length === 1);
    return { ...served, authority, stranger, caFile, certFile, keyFile, router, running };
  }

  test("a run goes on over the connection that it came by; new calls show the new certificate", async () => {
    const { router, running, stranger, certFile, keyFile, cancelled } = await underWay(1_500);
    // One that the router refuses shows that it is the new one that is shown.
    const next = stranger.issue("next", { san: "URI:spiffe://test/server" });
    copyFileSync(next.certFile, certFile);
    copyFileSync(next.keyFile, keyFile);
    router.renew();
    await expect(router.describeAdapter("remote")).rejects.toThrow(REFUSED);
    expect(await running).toMatchObject(DONE);
    expect(cancelled("Run")).toBe(false);
  });

  test("a run of a router whose certificate is revoked meanwhile is not listened to", async () => {
    const { directory, authority } = stage();
    const crlFile = join(directory, "revoked.pem");
    const mine = authority.issue("router", LOOPBACK);
    writeFileSync(crlFile, authority.crl());
    const { url, calls } = await routerProcess({ ...SLOWLY, tls: mine });
    const router = configured(url, { tls: { caFile: authority.caFile, crlFile } }, 1_500);
    const running = run(router);
    await eventually("the run is under way", () => calls("Run").length === 1);
    authority.revoke(mine);
    writeFileSync(crlFile, authority.crl());
    router.renew();
    expect(await running).toMatchObject({ name: "RouterUnavailable" });
    await expect(router.getRun("remote", newDecisionId())).rejects.toThrow(/has been revoked/);
  });

  test("a run of a router that is not believed any more is not listened to: it is asked about over a connection that is", async () => {
    const { router, running, authority, stranger, caFile } = await underWay(1_500);
    writeFileSync(caFile, stranger.ca);
    router.renew();
    expect(await running).toMatchObject({ name: "RouterUnavailable" });
    await expect(router.getRun("remote", newDecisionId())).rejects.toThrow(/of no authority/);
    writeFileSync(caFile, `${stranger.ca}${readFileSync(authority.caFile, "utf8")}`);
    router.renew();
    expect(await router.getRun("remote", newDecisionId())).toMatchObject({ state: "SUCCEEDED" });
  });
});
