import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { ActorType } from "../../gen/ts/nexus/attest/v1/actor_pb.ts";
import { StatedOutcome } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { configSchema } from "../../src/config/schema.ts";
import { ROLES } from "../../src/domain/grant.ts";
import { hashOfServiceToken, newServiceToken } from "../../src/identity/service-token.ts";
import { verdictOn } from "../audit-log/audit-stage.ts";
import { commandLine } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { serverProcess } from "../support/server-process.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { newPublicKey } from "./any-request.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, RELEASE, requested } from "./release.ts";

type Record = Readonly<{ [name: string]: unknown }>;

const ROOT = { roles: [...ROLES], actors: ["human:root"] };

const recordsIn = (file: string) =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record);

async function stage(more: object = {}) {
  const directory = temporaryDirectory();
  const file = join(temporaryDirectory(), "audit.log");
  const config = { audit: { file, log: false }, authorization: [ROOT], ...more };
  const server = await serverUnderTest({ directory, config });
  const of = (kind: string) => recordsIn(file).filter((record) => record["kind"] === kind);
  return { server, directory, file, config, of, outcomes: (kind: string) => of(kind).map(({ outcome }) => outcome) };
}

const key = () => ({ approver: { type: ActorType.HUMAN, id: "ann" }, publicKey: newPublicKey() });

describe("what a server does to its own foundations is on record", () => {
  test("keys of approvers: who, how proved, from where, under which request id, before it is done and with its end", async () => {
    const { server, of, file } = await stage();
    const { approverKeys } = server.as("human:root");
    const enrolled = await approverKeys.enrollApproverKey({ ...key(), requestId: "enrol-1" });
    const keyId = enrolled.key?.keyId;
    const [attempted, succeeded] = of("approver_key.enrol");
    const common = {
      version: "1",
      kind: "approver_key.enrol",
      rpc: "nexus.attest.v1.ApproverKeyService/EnrollApproverKey",
      actor: { type: "HUMAN", id: "root", source: "development" },
      requestId: "enrol-1",
      remoteAddress: "127.0.0.1",
      details: { approver: "ann" },
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      previousDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    };
    expect(attempted).toEqual({ ...common, seq: expect.any(Number), outcome: "ATTEMPTED" });
    expect(succeeded).toEqual({
      ...common,
      seq: Number(attempted?.["seq"]) + 1,
      attempt: attempted?.["seq"],
      outcome: "SUCCEEDED",
      keyId,
    });
    const revoke = { keyId: keyId ?? "", reason: "lost, and the words are in the registry" };
    await approverKeys.revokeApproverKey(revoke);
    await refusalOf(approverKeys.revokeApproverKey(revoke));
    expect(of("approver_key.revoke").map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["ATTEMPTED", undefined],
      ["SUCCEEDED", undefined],
      ["ATTEMPTED", undefined],
      ["FAILED", "APPROVER_KEY_REVOKED"],
    ]);
    expect(readFileSync(file, "utf8")).not.toContain("the words are");
    expect((await verdictOn(file)).problems).toEqual([]);
  });

  test("imports, exports, and what leaves the house: by digest, never with its content", async () => {
    const { server, of } = await stage();
    const root = server.as("human:root");
    const decisionId = await requestedByRoot(server);
    const { bundleJson, controlDigest } = await root.audit.exportBundle({ decisionId });
    const { importId } = await root.audit.importBundle({ bundleJson, source: "elsewhere" });
    await refusalOf(root.audit.importBundle({ bundleJson: new TextEncoder().encode("{}") }));
    await root.imported.exportImportedBundle({ importId });
    expect(of("bundle.export")).toMatchObject([{ outcome: "SUCCEEDED", decisionId, details: { controlDigest } }]);
    expect(of("imported_bundle.export")).toMatchObject([{ outcome: "SUCCEEDED", importId }]);
    expect(of("bundle.import")).toMatchObject([
      { outcome: "ATTEMPTED", details: { source: "elsewhere", bytes: `${bundleJson.length}` } },
      { outcome: "SUCCEEDED", importId, details: { outcome: "CREATED" } },
      { outcome: "ATTEMPTED" },
      { outcome: "FAILED", reason: "BUNDLE_INVALID" },
    ]);
  });

  test("an operator's statement, forced or not, and how it ended", async () => {
    const adapters = adaptersIn(temporaryDirectory());
    const { server, of } = await stage({ ...adapters.config, authorization: undefined });
    const decisionId = await requested(server, { adapterId: "waiting" });
    await approve(server, decisionId, "frank", "carol");
    await server.as("human:bob").decisions.executeDecision({ decisionId });
    await eventually("the adapter is at work", () => adapters.read("calls") !== undefined);
    const state = (force: boolean) =>
      server.as("human:olga").decisions.settleExecution({
        decisionId,
        resolution: {
          case: "operatorStatement",
          value: { outcome: StatedOutcome.FAILED, reason: "pulled the plug", force },
        },
      });
    expect((await refusalOf(state(false))).reason).toBe("RUN_STILL_AT_WORK");
    await state(true);
    const details = (force: string) => ({ by: "operator", outcome: "FAILED", force });
    expect(of("execution.settle")).toMatchObject([
      { outcome: "ATTEMPTED", decisionId, details: details("false") },
      { outcome: "FAILED", reason: "RUN_STILL_AT_WORK", details: details("false") },
      { outcome: "ATTEMPTED", decisionId, details: details("true") },
      { outcome: "SUCCEEDED", actor: { id: "olga" }, details: details("true") },
    ]);
    adapters.go();
  });

  test("break-glass: before it is broken, and by whom; an execution that asks for none is none", async () => {
    const { server, of } = await stage({
      breakGlass: {},
      authorization: [ROOT, { roles: ["break_glass"], actors: ["human:oncall"] }],
    });
    const decisionId = await requestedByRoot(server);
    await refusalOf(server.as("human:root").decisions.executeDecision({ decisionId }));
    expect(of("break_glass")).toEqual([]);
    await refusalOf(
      server.as("human:oncall").decisions.executeDecision({ decisionId, breakGlassReason: "payments are down" }),
    );
    const [attempted, ended] = of("break_glass");
    expect(attempted).toMatchObject({ outcome: "ATTEMPTED", decisionId, actor: { id: "oncall" } });
    expect(ended).toMatchObject({ outcome: "FAILED", reason: "GATE_CLOSED", attempt: attempted?.["seq"] });
    expect(JSON.stringify(ended)).not.toContain("payments are down");
  });

  test("the configuration as loaded and reloaded: its digest, and what changed by name alone", async () => {
    const token = newServiceToken();
    const entry = { service: "pipeline", hash: hashOfServiceToken(token) };
    const auth = { development: true, tokens: [entry] };
    const { server, of, file, config } = await stage({ auth });
    const load = (more: object) => () =>
      configSchema.parse({ listen: "127.0.0.1:0", dataDir: join(server.directory, "data"), ...config, ...more });
    server.reload(load({ auth: { development: true }, limits: { maxStreamsPerConnection: 7 } }));
    expect(() => server.reload(load({ auth: { nonsense: true } }))).toThrow();
    expect(() => server.reload(load({ auth: { mtls: { caFile: "none", actors: [] } } }))).toThrow();
    const [loaded] = of("configuration.load");
    expect(loaded).toMatchObject({ outcome: "SUCCEEDED", details: { digest: expect.stringMatching(/^sha256:/) } });
    const reloads = of("configuration.reload");
    expect(reloads.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["ATTEMPTED", undefined],
      ["SUCCEEDED", undefined],
      ["ATTEMPTED", undefined],
      ["FAILED", "CONFIGURATION_REFUSED"],
      ["ATTEMPTED", undefined],
      ["FAILED", "CONFIGURATION_REFUSED"],
    ]);
    expect(reloads[1]?.["details"]).toEqual({
      trigger: "SIGHUP",
      changed: "auth.tokens, limits.maxEventLoopDelayMs, limits.failedAuthenticationsPerMinute, limits.connections",
      afterRestart: "limits.maxStreamsPerConnection",
      digest: expect.stringMatching(/^sha256:/),
    });
    expect(detailsOf(reloads[1])["digest"]).not.toBe(detailsOf(loaded)["digest"]);
    expect(readFileSync(file, "utf8")).not.toContain(entry.hash);
  });

  test("start and stop; the service that acted for a person; and who was nobody", async () => {
    const token = newServiceToken();
    const auth = {
      tokens: [{ service: "portal", hash: hashOfServiceToken(token) }],
      onBehalfOf: [{ service: "portal", people: ["*@test"] }],
    };
    const { server, of, file } = await stage({
      auth,
      authorization: [{ roles: ["key_admin"], actors: ["human:ann@test"] }],
    });
    const headers = { authorization: `Bearer ${token}`, "x-nexus-on-behalf-of": "ann@test" };
    await server.as(undefined, { headers }).approverKeys.enrollApproverKey(key());
    expect(of("approver_key.enrol")[0]).toMatchObject({
      actor: { type: "HUMAN", id: "ann@test", source: "token" },
      delegate: { type: "SYSTEM", id: "portal" },
    });
    const forged = `Bearer ${newServiceToken()}`;
    await refusalOf(server.as(undefined, { headers: { authorization: forged } }).approverKeys.listApproverKeys({}));
    const [nobody] = of("authentication");
    expect(nobody).toMatchObject({ outcome: "DENIED", reason: "UNAUTHENTICATED", remoteAddress: "127.0.0.1" });
    expect(nobody).not.toHaveProperty("actor");
    expect(of("server.start")).toMatchObject([
      { keyId: expect.stringMatching(/^sha256:/), details: { url: server.url } },
    ]);
    await server.close();
    expect(recordsIn(file).at(-1)).toMatchObject({ kind: "server.stop", outcome: "SUCCEEDED" });
    expect(readFileSync(file, "utf8")).not.toContain("nxa_");
  });
});

describe("while the audit log cannot be written", () => {
  test("what gives somebody something is refused, what takes it away and all else goes on, and the gap is told", async () => {
    const { server, file, of, outcomes } = await stage();
    const root = server.as("human:root");
    const before = await root.approverKeys.enrollApproverKey(key());
    const decisionId = await requestedByRoot(server);
    const { bundleJson } = await root.audit.exportBundle({ decisionId });
    const written = recordsIn(file).length;
    const away = `${dirname(file)}-away`;
    renameSync(dirname(file), away);

    for (const call of [
      root.approverKeys.enrollApproverKey(key()),
      root.audit.importBundle({ bundleJson }),
      root.decisions.settleExecution({ decisionId, resolution: { case: "askRouter", value: {} } }),
      root.decisions.executeDecision({ decisionId, breakGlassReason: "now" }),
    ])
      expect(await refusalOf(call)).toMatchObject({ code: "Unavailable", reason: "AUDIT_LOG_UNAVAILABLE" });
    expect(() => server.reload(() => configSchema.parse({}))).toThrow("nothing was changed");
    // Nothing of it was done.
    expect((await root.approverKeys.listApproverKeys({})).keys).toHaveLength(1);
    expect((await root.imported.listImportedDecisions({})).imports).toHaveLength(0);

    // Whoever has lost a key need not wait for a disk.
    await root.approverKeys.revokeApproverKey({ keyId: before.key?.keyId ?? "", reason: "lost" });
    await root.decisions.getDecision({ decisionId });
    await root.audit.exportBundle({ decisionId });
    await requestedByRoot(server);
    expect((await refusalOf(server.as("human:eve").decisions.listDecisions({}))).reason).toBe("PERMISSION_DENIED");

    renameSync(away, dirname(file));
    expect(recordsIn(file)).toHaveLength(written);
    await root.approverKeys.enrollApproverKey(key());
    const records = recordsIn(file).slice(written);
    // Two of the revocation, one of the export, one of the denied call.
    expect(records).toMatchObject([
      { kind: "approver_key.enrol", outcome: "ATTEMPTED", lost: 4 },
      { outcome: "SUCCEEDED" },
    ]);
    expect(outcomes("approver_key.revoke")).toEqual([]);
    expect(of("audit.open")).toEqual([]);
    expect((await verdictOn(file)).problems).toEqual([]);
    expect(server.log.lines.filter(({ message }) => message === "audit: lost")).toHaveLength(4);
  });

  test("a server does not start", async () => {
    const file = join(temporaryDirectory(), "none", "audit.log");
    await expect(serverUnderTest({ config: { audit: { file } } })).rejects.toThrow(
      `audit.file: the file ${file} cannot be the audit log: it cannot be written (ENOENT).`,
    );
    const other = join(temporaryDirectory(), "other");
    writeFileSync(other, "hello\n");
    await expect(serverUnderTest({ config: { audit: { file: other } } })).rejects.toThrow("something else");
    expect(configSchema.safeParse({ audit: { log: false } }).success).toBe(false);
  });
});

test("through rotation by SIGHUP, kill -9 and a torn end it stays one chain, which the command line follows", async () => {
  const directory = temporaryDirectory();
  const file = join(directory, "audit.log");
  const configFile = join(directory, "config.yaml");
  writeFileSync(configFile, `listen: 127.0.0.1:0\naudit: { file: ${file}, log: true }\n`);
  const start = () => serverProcess({ args: ["--config", configFile], cwd: directory });
  const first = await start();
  renameSync(file, `${file}.1`);
  process.kill(first.pid, "SIGHUP");
  await eventually("it goes on in a new file", () =>
    /"kind":"configuration.reload"[^]*SUCCEEDED/.test(readIfThere(file)),
  );
  await first.kill();
  appendFileSync(file, '{"kind":"appro');
  const second = await start();
  await second.stop();
  const { exitCode, stdout, stderr } = await commandLine(["audit", "verify", `${file}.1`, file, "--json"]);
  expect(exitCode, stdout + stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: "SOUND", first: 0, repaired: 1, isTorn: false });
  const kinds = [
    ...recordsIn(`${file}.1`),
    ...readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.endsWith("}"))
      .map((line) => JSON.parse(line) as Record),
  ].map(({ kind }) => kind);
  expect(kinds).toEqual([
    "configuration.load",
    "server.start",
    "audit.open",
    "configuration.reload",
    "configuration.reload",
    "audit.repair",
    "configuration.load",
    "server.start",
    "server.stop",
  ]);
  // The ordinary log has the same records, with the digest that the next one goes on from.
  expect(second.stderr()).toContain('"kind":"server.stop"');
  const { head } = JSON.parse(stdout) as { readonly head: { readonly digest: string } };
  expect(second.stderr()).toContain(head.digest);
});

function detailsOf(record: Record | undefined): Record {
  return record?.["details"] as Record;
}

async function requestedByRoot(server: ServerUnderTest): Promise<string> {
  const { decision } = await server.as("human:root").decisions.createDecision(RELEASE);
  return decision?.decisionId ?? "";
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
