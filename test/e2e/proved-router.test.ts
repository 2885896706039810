import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/ts/grpc/health/v1/health_pb.ts";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { ACCEPTED, answerWith, describedAs, finishedWith, routerProcess } from "../router/grpc/router-process.ts";
import type { Script } from "../router/grpc/router-program.ts";
import { createAuthority } from "../support/certificates.ts";
import { commandLine } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { lookingClock } from "../support/looking-clock.ts";
import { serverProcess } from "../support/server-process.ts";
import { clientsOf, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { approve, eventsOf, requested } from "./release.ts";

vi.setConfig({ testTimeout: 60_000 });

const WELL = {
  DescribeAdapter: [describedAs()],
  Run: [ACCEPTED, finishedWith(), "end"],
  GetRun: [answerWith()],
} satisfies Script;
const TOKEN = "s3cret-router-token-51b0";

/** A router that lets in whoever has the certificate and the token, and what a server needs for both, in files of its own. */
async function stage(script: Script = WELL) {
  const directory = temporaryDirectory();
  const authority = createAuthority(directory);
  const stranger = createAuthority(directory, "stranger");
  const files = Object.fromEntries(
    ["caFile", "certFile", "keyFile", "tokenFile", "theirTokenFile"].map((name) => [name, join(directory, name)]),
  ) as Record<"caFile" | "certFile" | "keyFile" | "tokenFile" | "theirTokenFile", string>;
  const show = (from: typeof authority, name: string) => {
    const issued = from.issue(name, { san: "URI:spiffe://test/server" });
    copyFileSync(issued.certFile, files.certFile);
    copyFileSync(issued.keyFile, files.keyFile);
  };
  show(authority, "mine");
  copyFileSync(authority.caFile, files.caFile);
  writeFileSync(files.tokenFile, TOKEN);
  writeFileSync(files.theirTokenFile, TOKEN);
  const { certFile, keyFile } = authority.issue("router", { san: "IP:127.0.0.1", usage: "serverAuth" });
  const tls = { certFile, keyFile, clientCaFile: authority.caFile };
  const router = await routerProcess({ ...script, tls, tokenFile: files.theirTokenFile });
  const { caFile } = files;
  const entry = {
    name: "far",
    url: router.url,
    adapters: ["remote"],
    tls: { caFile, certFile: files.certFile, keyFile: files.keyFile },
    token: { file: files.tokenFile },
  };
  return { directory, authority, stranger, files, show, router, entry };
}

/** A server with that router, and a decision on it that may be executed. */
async function governed(script?: Script) {
  const staged = await stage(script);
  const { clock, look } = lookingClock();
  const config = { routers: [staged.entry], execution: { settleWithinSeconds: 2, drainSeconds: 0.1 } };
  const server = await serverUnderTest({ config, clock });
  const decisionId = await requested(server, { adapterId: "remote" });
  await approve(server, decisionId, "carol", "dave");
  const { decisions } = server.as("human:bob");
  const state = async () => (await decisions.getDecision({ decisionId })).decision?.lifecycle?.state;
  const health = async () => {
    const client = createClient(Health, createGrpcTransport({ baseUrl: server.url }));
    return (await client.check({ service: "nexus.attest.v1.routers" })).status;
  };
  return {
    ...staged,
    server,
    look,
    decisionId,
    health,
    execute: () => decisions.executeDecision({ decisionId }),
    reaches: (wanted: DecisionState) => eventually(`state ${wanted}`, async () => (await state()) === wanted),
    types: async () => (await eventsOf(server.as("human:bob"), decisionId)).map(({ body }) => body.case),
  };
}

test("a run is carried out by a router that proved who it is, for a server that did; nothing secret is told", async () => {
  const { server, router, execute, reaches, health, authority } = await governed();
  await eventually("the router is well", async () => (await health()) === Status.SERVING);
  await execute();
  await reaches(DecisionState.COMPLETED);
  expect(router.calls("Run")).toHaveLength(1);
  const logged = inspect(server.log.lines, { depth: null });
  expect(logged).not.toContain(TOKEN);
  expect(logged).not.toContain(authority.ca.split("\n")[1]);
});

test.each<[what: string, spoil: (staged: Awaited<ReturnType<typeof governed>>) => void, words: RegExp]>([
  ["is of another authority", ({ files, stranger }) => copyFileSync(stranger.caFile, files.caFile), /of no authority/],
  ["refuses the certificate", ({ show, stranger }) => show(stranger, "theirs"), /refuse.* this server's/],
  ["refuses the token", ({ files }) => writeFileSync(files.theirTokenFile, "another"), /does not let this server in/],
])("while a router %s, the gate stays closed and says why, and so do health and the log", async (_, spoil, words) => {
  const staged = await governed();
  const { server, router, look, execute, types, health } = staged;
  await eventually("the router is well", async () => (await health()) === Status.SERVING);
  spoil(staged);
  look();
  const refusal = await eventually("the gate is closed", () => refusalOf(execute()).catch(() => undefined));
  expect(refusal).toMatchObject({ code: "FailedPrecondition", blockingCodes: ["ADAPTER_UNKNOWN"] });
  expect(refusal.blocking[0]?.message).toMatch(words);
  await eventually("health says so", async () => {
    look();
    return (await health()) === Status.NOT_SERVING;
  });
  const said = server.log.lines.filter(({ message }) => message === "no run can be given to this router");
  expect(said).toMatchObject([{ level: "error", facts: { router: "far", problem: expect.stringMatching(words) } }]);
  expect(await types()).not.toContain("executionRequested");
  expect([...router.calls("Run"), ...router.calls("GetRun")]).toEqual([]);
});

test("certificate, authorities and token are renewed while a run is under way: it ends as it would have, and is begun once", async () => {
  const slow = [ACCEPTED, { pause: 2_500 }, finishedWith(), "end"] as const;
  const staged = await governed({ ...WELL, Run: slow });
  const { router, files, show, authority, stranger, look, execute, reaches, server } = staged;
  await execute();
  await eventually("the run is under way", () => router.calls("Run").length === 1);
  show(authority, "next");
  writeFileSync(files.caFile, `${stranger.ca}${authority.ca}`);
  writeFileSync(files.tokenFile, "next-token");
  writeFileSync(files.theirTokenFile, "next-token");
  const described = router.calls("DescribeAdapter").length;
  look();
  await eventually("the new ones are taken", () =>
    server.log.lines.some(({ message }) => message.startsWith("this router is called with other credentials")),
  );
  look();
  await eventually("and are let in", () => router.calls("DescribeAdapter").length > described);
  await reaches(DecisionState.COMPLETED);
  expect(router.calls("Run")).toHaveLength(1);
  expect(router.notLetIn("GetRun")).toBe(0);
});

test("files that cannot be used are told of once, and those before stay in force", async () => {
  const { server, files, look, execute, reaches } = await governed();
  writeFileSync(files.certFile, "rubbish");
  const told = () => server.log.lines.filter(({ message }) => message.startsWith("changed files cannot be used"));
  look();
  await eventually("it is told of", () => told().length === 1);
  look();
  expect(told()[0]?.facts["problem"]).toMatch(
    /^routers\[0\]\.tls: the certificates, the key and the list of what is revoked do not fit together/,
  );
  await execute();
  await reaches(DecisionState.COMPLETED);
  expect(told()).toHaveLength(1);
});

test("SIGHUP takes the credentials at once, from the files that the configuration names then; its printed form shows no secret", async () => {
  const { directory, files, entry, router } = await stage();
  writeFileSync(files.tokenFile, "an-old-token-77aa");
  const file = join(directory, "nexus-attest.yaml");
  const write = (token: string) =>
    writeFileSync(
      file,
      stringify({
        listen: "127.0.0.1:0",
        dataDir: join(directory, "data"),
        routers: [{ ...entry, token: { file: token } }],
      }),
    );
  write(files.tokenFile);
  const server = await serverProcess({ args: ["--config", file], cwd: directory });
  await eventually("it is not let in", () => server.stderr().includes("no run can be given to this router"));
  expect(router.calls("DescribeAdapter")).toEqual([]);
  write(files.theirTokenFile);
  process.kill(server.pid, "SIGHUP");
  await eventually("it goes on", () => server.stderr().includes("this router is called with other credentials"));
  const as = (actor: string) => clientsOf(server.url, actor);
  const decisionId = await requested({ as }, { adapterId: "remote" });
  await approve({ as }, decisionId, "carol", "dave");
  await as("human:bob").decisions.executeDecision({ decisionId, wait: { seconds: 20n } });
  expect(router.calls("Run")).toHaveLength(1);
  const printed = await commandLine(["serve", "--config", file, "--print-config"]);
  expect(printed.exitCode).toBe(0);
  for (const secret of [TOKEN, "an-old-token-77aa"])
    expect(`${server.stderr()}${printed.stdout}${printed.stderr}`).not.toContain(secret);
});
