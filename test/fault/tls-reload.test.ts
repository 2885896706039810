import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { expect, onTestFinished, test, vi } from "vitest";
import { stringify } from "yaml";
import { configSchema } from "../../src/config/schema.ts";
import { hashOfServiceToken, newServiceToken } from "../../src/identity/service-token.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { bearer, secureStage } from "../e2e/secure-server.ts";
import { eventually } from "../support/eventually.ts";
import { lookingClock } from "../support/looking-clock.ts";
import { serverProcess } from "../support/server-process.ts";
import { clientsOf, serverUnderTest } from "../support/server-under-test.ts";

vi.setConfig({ testTimeout: 60_000 });

async function running() {
  const stage = await secureStage();
  const { clock, look } = lookingClock();
  const server = await serverUnderTest({ directory: stage.directory, config: stage.config, clock });
  const { ca } = stage.authority;
  /** The serial number of the certificate that the server shows now. */
  const shown = async () => {
    const socket = connectTls({ host: "127.0.0.1", port: Number(new URL(server.url).port), ca });
    onTestFinished(() => void socket.destroy());
    await once(socket, "secureConnect");
    return socket.getPeerX509Certificate()?.serialNumber;
  };
  const logged = (words: string) => server.log.lines.filter(({ message }) => message.includes(words)).length;
  return { ...stage, running: server, ca, look, shown, logged };
}

test("a new certificate is shown to new connections, and no call notices", async () => {
  const { running: server, authority, ca, serviceToken, server: old, look, shown } = await running();
  const { decisions } = server.as(undefined, { headers: bearer(serviceToken), tls: { ca } });
  const leaving = new AbortController();
  let ended = false;
  const watch = refusalOf(decisions.watchDecisions({}, { signal: leaving.signal })).finally(() => {
    ended = true;
  });
  let calls = 0;
  let isRunning = true;
  const traffic = Array.from({ length: 8 }, async (_, i) => {
    while (isRunning) {
      // Half of the calls on a connection that stays, half on new ones.
      const clients =
        i % 2 === 0 ? { decisions } : server.as(undefined, { headers: bearer(serviceToken), tls: { ca } });
      await clients.decisions.listDecisions({});
      calls += 1;
    }
  });
  for (const name of ["second", "third"]) {
    const next = authority.issue(name, { san: "IP:127.0.0.1,DNS:localhost", usage: "serverAuth" });
    copyFileSync(next.certFile, old.certFile);
    copyFileSync(next.keyFile, old.keyFile);
    const before = calls;
    look();
    const { serialNumber } = new X509Certificate(next.cert);
    await eventually("the new certificate is shown", async () => (await shown()) === serialNumber);
    await eventually("calls go on", () => calls > before + 20);
  }
  isRunning = false;
  await Promise.all(traffic);
  expect(ended).toBe(false);
  leaving.abort();
  await watch;
});

test("files that do not fit together, or are no certificates, change nothing and are told of once", async () => {
  const { running: server, authority, ca, serviceToken, server: old, look, shown, logged } = await running();
  const before = await shown();
  const next = authority.issue("second", { san: "IP:127.0.0.1", usage: "serverAuth" });
  copyFileSync(next.certFile, old.certFile);
  look();
  await eventually("the half-written pair is refused", () => logged("cannot be used") === 1);
  look();
  writeFileSync(old.keyFile, "rubbish");
  look();
  await eventually("so is rubbish", () => logged("cannot be used") === 2);
  expect(await shown()).toBe(before);
  await server.as(undefined, { headers: bearer(serviceToken), tls: { ca } }).decisions.listDecisions({});
  copyFileSync(next.keyFile, old.keyFile);
  look();
  await eventually("the pair is taken", async () => (await shown()) === new X509Certificate(next.cert).serialNumber);
});

test("a certificate that clients will refuse is taken, and told of", async () => {
  const { authority, server: old, look, logged } = await running();
  expect(logged("not as it should be")).toBe(0);
  const validity = ["20250101000000Z", "20250201000000Z"] as const;
  const expired = authority.issue("expired", { san: "IP:127.0.0.1", usage: "serverAuth", validity });
  copyFileSync(expired.certFile, old.certFile);
  copyFileSync(expired.keyFile, old.keyFile);
  look();
  await eventually("it is told", () => logged("not as it should be") === 1);
  const stage = await secureStage();
  const past = stage.authority.issue("past", { san: "IP:127.0.0.1", usage: "serverAuth", validity });
  copyFileSync(past.certFile, stage.server.certFile);
  copyFileSync(past.keyFile, stage.server.keyFile);
  const server = await serverUnderTest({ directory: stage.directory, config: stage.config });
  expect(server.log.lines).toContainEqual(
    expect.objectContaining({ level: "warn", message: "TLS is set up, and not as it should be" }),
  );
});

test("a certificate that is revoked ends on connections that are there, and their streams with them", async () => {
  const { running: server, authority, ca, look, publishCrl } = await running();
  const good = authority.issue("good", { san: "URI:spiffe://test/good" });
  const bad = authority.issue("bad", { san: "URI:spiffe://test/bad" });
  const [goodClient, badClient] = [good, bad].map(
    ({ cert, key }) => server.as(undefined, { tls: { ca, cert, key } }).decisions,
  );
  if (goodClient === undefined || badClient === undefined) throw new Error("no clients");
  await goodClient.listDecisions({});
  await badClient.listDecisions({});
  const watch = refusalOf(badClient.watchDecisions({}));
  authority.revoke(bad);
  publishCrl();
  look();
  await eventually("the revoked one is refused", async () => {
    const refusal = await refusalOf(badClient.listDecisions({})).catch(() => undefined);
    return refusal?.message.includes("CERT_REVOKED");
  });
  await watch;
  await eventually("the other one goes on", async () => {
    await goodClient.listDecisions({}).catch(() => undefined);
    return (await goodClient.listDecisions({}).catch(() => undefined)) !== undefined;
  });
});

test("SIGHUP takes tokens and certificates from the configuration as it is then, and nothing that a start has settled", async () => {
  const stage = await secureStage();
  const file = join(stage.directory, "nexus-attest.yaml");
  const { config } = stage as { readonly config: Record<string, object> };
  const write = (more: object) =>
    writeFileSync(
      file,
      stringify({ listen: "127.0.0.1:0", dataDir: join(stage.directory, "data"), ...config, ...more }),
    );
  write({});
  const server = await serverProcess({ args: ["--config", file], cwd: stage.directory });
  const by = (token: string) =>
    clientsOf(server.url, undefined, {
      headers: bearer(token),
      tls: { ca: stage.authority.ca },
    }).decisions.listDecisions({});
  await by(stage.serviceToken);

  const reload = async (words: string) => {
    const before = server.stderr().split(words).length;
    process.kill(server.pid, "SIGHUP");
    await eventually(words, () => server.stderr().split(words).length > before);
  };
  const next = newServiceToken();
  const auth = configSchema.shape.auth.parse({
    tokens: [{ service: "pipeline", hash: hashOfServiceToken(next) }],
    mtls: (config["auth"] as { mtls: object }).mtls,
  });
  write({ auth });
  await reload('"reloaded');
  await by(next);
  expect(await refusalOf(by(stage.serviceToken))).toMatchObject({ reason: "UNAUTHENTICATED" });

  // A restart is wanted as long as it is not made, however often the file is read.
  for (const goals of [{ startWithinSeconds: 7 }, { startWithinSeconds: 7 }]) {
    write({ auth, execution: goals, log: { level: "warn" } });
    await reload(
      '"keys":"log.level, execution.startWithinSeconds","msg":"these keys are other than the server goes by',
    );
  }
  write({ auth });
  await reload('"reloaded');
  expect(server.stderr().split("these keys are other")).toHaveLength(3);

  for (const [more, words] of [
    [{ listen: "0.0.0.0:0" }, "listen: a change takes a restart"],
    [{ tls: undefined, auth: {} }, "tls: a change takes a restart"],
    [{ auth: { development: true, jwt: "rubbish" } }, "The configuration is wrong"],
    [{ listen: "0.0.0.0:0", auth: { development: true } }, "development identity every caller names itself"],
  ] as const) {
    write({ auth, ...more });
    await reload(words);
    expect(server.stderr()).toContain("not reloaded");
    await by(next);
  }
  expect(readFileSync(file, "utf8")).toContain("development");
});
