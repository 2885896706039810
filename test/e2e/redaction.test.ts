import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { request as https } from "node:https";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { newServiceToken } from "../../src/identity/service-token.ts";
import { commandLine } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { serverProcess } from "../support/server-process.ts";
import { clientsOf } from "../support/server-under-test.ts";
import { DECISIONS } from "./raw-call.ts";
import { refusalOf } from "./refusal.ts";
import { RELEASE } from "./release.ts";
import { bearer, secureStage } from "./secure-server.ts";

vi.setConfig({ testTimeout: 90_000 });

const secret = (name: string) => `s3cret-${name}-7c1f`;

test("no secret that is planted in the configuration, the environment, the files or the headers comes out anywhere", async () => {
  const stage = await secureStage();
  const { directory, authority, serviceToken, issuer } = stage;
  const ca = authority.ca;
  const headerFile = join(directory, "header-secret");
  writeFileSync(headerFile, secret("header-file"));
  const alice = authority.issue("alice", { san: "email:alice@test" });
  const { config } = stage as { readonly config: { readonly auth: { readonly jwt: readonly object[] } } };
  const dead = { issuer: "https://dead.test", audience: ["x"], type: "human" };
  const whole = {
    ...config,
    listen: "127.0.0.1:0",
    dataDir: join(directory, "data"),
    log: { level: "trace" },
    auth: {
      ...config.auth,
      jwt: [...config.auth.jwt, { ...dead, jwksUrl: `http://127.0.0.1:1/keys?key=${secret("jwks-query")}` }],
    },
    adapters: [
      {
        id: "files",
        kind: "http",
        url: `http://user:${secret("adapter-url")}@127.0.0.1:1/`,
        capabilities: ["apply"],
        headers: {
          authorization: { env: "HEADER_SECRET" },
          "x-key": { file: headerFile },
          "x-plain": secret("header-plain"),
        },
      },
      {
        id: "program",
        kind: "subprocess",
        command: ["/no/such/program"],
        capabilities: ["apply"],
        env: { TOKEN: secret("adapter-env") },
      },
    ],
    // Nobody is there: it is told of again and again.
    routers: [{ name: "far", url: "https://127.0.0.1:1", adapters: ["remote"], token: { env: "ROUTER_TOKEN" } }],
  };
  const file = join(directory, "nexus-attest.yaml");
  writeFileSync(file, stringify(whole));
  const env = {
    HEADER_SECRET: secret("header-env"),
    ROUTER_TOKEN: secret("router-token"),
    UNRELATED_SECRET: secret("environment"),
  };
  const server = await serverProcess({ args: ["--config", file], cwd: directory, env });

  // Who calls well.
  const jwt = await issuer.token({ sub: "bob", groups: ["sre"], private: secret("claim") });
  const asPipeline = clientsOf(server.url, undefined, {
    headers: { ...bearer(serviceToken), cookie: secret("cookie") },
    tls: { ca },
  });
  const asBob = clientsOf(server.url, undefined, { headers: bearer(jwt), tls: { ca } });
  const asAlice = clientsOf(server.url, undefined, { tls: { ca, cert: alice.cert, key: alice.key } });
  const { decision } = await asPipeline.decisions.createDecision({
    ...RELEASE,
    adapterId: "files",
    policySource: { case: "policy", value: { minApprovals: 2, allowedModes: [2] } },
  });
  const { decisionId = "" } = decision ?? {};
  await asBob.decisions.grantApproval({ decisionId });
  await asAlice.decisions.grantApproval({ decisionId });
  await asPipeline.decisions.executeDecision({ decisionId, wait: { seconds: 20n } });

  // And who does not.
  const forged = `${jwt.slice(0, -8)}AAAAAAAA`;
  const stranger = newServiceToken();
  const deadToken = await issuer.token({ iss: dead.issuer, aud: "x", sub: "a" });
  const bad: readonly Record<string, string>[] = [
    bearer(forged),
    bearer(stranger),
    bearer(deadToken),
    bearer(secret("bearer")),
    { authorization: `Basic ${Buffer.from(secret("basic")).toString("base64")}` },
    { authorization: secret("authorization") },
    { "proxy-authorization": secret("proxy"), cookie: secret("cookie") },
    { "nexus-actor": `human:${secret("claimed")}` },
    { ...bearer(serviceToken), "x-nexus-on-behalf-of": `${secret("person")}@elsewhere` },
    { ...bearer(serviceToken), "authorization-bin": secret("bin") },
    { [`x-${secret("name")}`]: secret("odd") },
  ];
  for (const headers of bad)
    for (const protocol of ["grpc", "connect", "grpc-web"] as const)
      await refusalOf(clientsOf(server.url, undefined, { headers, protocol, tls: { ca } }).decisions.listDecisions({}));
  const path = `${DECISIONS}/ListDecisions?access_token=${secret("query")}`;
  const plain = https(`${server.url}${path}`, {
    ca,
    method: "POST",
    headers: { "content-type": "application/json" },
    agent: false,
  });
  const [response] = await once(plain.end(`{"${secret("field")}":1}`), "response");
  response.resume();
  const session = connectHttp2(server.url, { ca });
  session
    .request({ ":method": "POST", ":path": path, "x-key": secret("stream") })
    .on("error", () => undefined)
    .end(secret("body"));
  await eventually("it is answered", () => session.destroyed || session.closed || server.stderr().includes('"call"'));
  session.destroy();

  // A configuration that is wrong, in every way that tells what it got.
  for (const text of [
    stringify({ ...whole, auth: { tokens: [{ service: "ci", hash: stranger }] } }),
    stringify({ ...whole, store: `esdb://admin:${secret("store")}@host` }).replace("esdb:", "edsb:"),
    stringify({ ...whole, auth: { jwt: [{ ...dead, jwksUrl: `https://u:${secret("jwks-password")}@h/` }] } }),
    stringify({ ...whole, routers: whole.routers.map((router) => ({ ...router, token: secret("router-literal") })) }),
    stringify({
      ...whole,
      routers: whole.routers.map((router) => ({ ...router, url: `https://u:${secret("router-url")}@h` })),
    }),
    `auth: [${secret("yaml")}`,
  ]) {
    writeFileSync(file, text);
    const before = server.stderr().split("not reloaded").length;
    process.kill(server.pid, "SIGHUP");
    await eventually("it is refused", () => server.stderr().split("not reloaded").length > before);
  }
  writeFileSync(file, stringify(whole));
  const printed = await commandLine(["serve", "--config", file, "--print-config"], { env });
  expect(printed.exitCode).toBe(0);
  const asStore = await commandLine(["serve", "--config", file, "--print-config"], {
    env: { ...env, NEXUS_ATTEST_STORE: `esdb://a:${secret("store")}@h` },
  });
  const refused = await commandLine(["list", "--server", server.url, "--tls-ca", authority.caFile], {
    env: { NEXUS_ATTEST_TOKEN: stranger },
  });
  expect(refused.exitCode).toBe(5);
  await server.stop();

  // An address is printed as it stands, so that what is printed can be read again; in the log its query has no place.
  const effective = printed.stdout.replace(secret("jwks-query"), "") + asStore.stdout.replace(secret("jwks-query"), "");
  const said = [server.stderr(), effective, printed.stderr, asStore.stderr, refused.stdout, refused.stderr].join("\n");
  expect(said).toContain("the keys of an issuer cannot be fetched");
  expect(said).toContain("no run can be given to this router");
  const kept = readdirSync(join(directory, "data"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
  const keys = [stage.server, alice].flatMap(({ key }) =>
    key.split("\n").filter((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line)),
  );
  expect(keys.length).toBeGreaterThan(2);
  const tokens = [serviceToken, stranger, ...[jwt, forged, deadToken].flatMap((token) => token.split(".").slice(1))];
  for (const planted of [...tokens, ...keys, Buffer.from(secret("basic")).toString("base64")]) {
    expect(said.includes(planted), planted).toBe(false);
    expect(kept.includes(planted), planted).toBe(false);
  }
  for (const match of [said, kept].flatMap((text) => text.match(/s3cret-[a-z-]*7c1f/g) ?? []))
    expect.fail(`${match} came out`);
  expect(said.split('"call"').length, "and it did say a lot").toBeGreaterThan(30);
});
