import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { StatedOutcome } from "../../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { DecisionState } from "../../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { Mode } from "../../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { createAuthority } from "../../../test/support/certificates.ts";
import { governingServer } from "./governing-server.ts";
import { digestOf, getRun, step } from "./requests.ts";
import { type RouterOptions, servingRouter } from "./router-process.ts";
import { eventually, type Scenario, type Surroundings } from "./scenario.ts";

const { COMPLETED, FAILED, OUTCOME_UNKNOWN } = DecisionState;

async function governed(
  surroundings: Surroundings,
  { execution = {}, ...options }: RouterOptions & { readonly execution?: { readonly [key: string]: number } } = {},
) {
  const router = await servingRouter(surroundings, options);
  const { directory } = surroundings;
  const adapters = ["kit", "rehearsed", "apply-only"];
  const server = await governingServer(directory, [{ name: "kit", url: router.url, adapters }], execution);
  return { router, server };
}

/** Makes a signing key as docs/signatures.md says. @returns its file and its public key in base64. */
function signingKey({ directory }: Surroundings) {
  const file = join(directory, "router.pem");
  execFileSync("openssl", ["genpkey", "-algorithm", "ed25519", "-out", file]);
  execFileSync("chmod", ["600", file]);
  const der = execFileSync("openssl", ["pkey", "-in", file, "-pubout", "-outform", "DER"]);
  return { file, publicKey: der.subarray(-32).toString("base64") };
}

/** A decision goes its whole way through a server and this router. */
export const GOVERNED: readonly Scenario[] = [
  [
    "a run ends in a package that is AUTHENTIC, the router's signature included; with another byte in the bundle it is BROKEN",
    async (surroundings) => {
      const { file, publicKey } = signingKey(surroundings);
      const { server } = await governed(surroundings, { signingKeyFile: file });
      const trusting = (key: string, adapterIds = ["kit"]) => ({
        ...server.trustPolicy(),
        routerKeys: [{ name: "the kit", publicKey: key, adapterIds }],
        requiredChecks: ["server_signature", "router_signature", "run_bundle"],
      });
      for (const [method, state, args] of [
        ["answer", COMPLETED, { text: "ünïcode \u2028 \u{1f600}" }],
        ["fail", FAILED, {}],
      ] as const) {
        const decisionId = await server.executed({ steps: [step(method, args)] });
        await server.reaches(decisionId, state);
        const exported = await server.export(decisionId);
        const verified = server.verify(exported, trusting(publicKey));
        assert.equal(verified.status, 0, verified.stdout);
        assert.match(verified.stdout, /signed by router the kit/);
        const text = Buffer.from(exported).toString();
        const bundle = /"runBundle":"([^"]+)"/.exec(text)?.[1] ?? "";
        const changed = Buffer.from(Buffer.from(bundle, "base64").toString().replace('"test"', '"tent"')).toString(
          "base64",
        );
        assert.notEqual(changed, bundle);
        assert.equal(server.verify(Buffer.from(text.replace(bundle, changed)), trusting(publicKey)).status, 7);
        const stranger = "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=";
        assert.equal(server.verify(exported, trusting(stranger)).status, 7, "another key");
        assert.equal(server.verify(exported, trusting(publicKey, ["other"])).status, 7, "a key for another adapter");
      }
    },
  ],
  [
    "server and router prove themselves to each other, by certificates and by a token",
    async (surroundings) => {
      const { directory } = surroundings;
      const authority = createAuthority(directory);
      const own = authority.issue("router", { san: "IP:127.0.0.1", usage: "serverAuth" });
      const attest = authority.issue("attest", { san: "DNS:attest.example.com" });
      const token_file = join(directory, "token");
      writeFileSync(token_file, "0123456789abcdef0123456789abcdef\n", { mode: 0o600 });
      const router = await servingRouter(surroundings, {
        serving: {
          cert_file: own.certFile,
          key_file: own.keyFile,
          client_ca_file: authority.caFile,
          client_names: ["attest.example.com"],
          token_file,
        },
        connecting: { nodeOptions: { ca: authority.ca, cert: attest.cert, key: attest.key } },
      });
      const tls = { caFile: authority.caFile, certFile: attest.certFile, keyFile: attest.keyFile };
      const routers = [{ name: "kit", url: router.url, adapters: ["kit"], tls, token: { file: token_file } }];
      const server = await governingServer(directory, routers);
      const decisionId = await server.executed({ steps: [step("answer")] });
      await server.reaches(decisionId, COMPLETED);
      assert.equal(router.calls(decisionId).length, 1);
    },
  ],
  [
    "the outcome has the digest of exactly the bundle that the router keeps; a package of an unsigned run verifies too",
    async (surroundings) => {
      const { router, server } = await governed(surroundings);
      const decisionId = await server.executed({ steps: [step("answer"), step("huge", { bytes: 1_000_000 })] });
      const body = await server.reaches(decisionId, COMPLETED);
      const run = await getRun(router.client, decisionId);
      assert.ok(body?.case === "executionCompleted");
      assert.equal(body.value.routerDigest, digestOf(run.runBundle));
      assert.deepEqual([body.value.runId, body.value.stepsExecuted], [run.runId, 2]);
      assert.equal(server.verify(await server.export(decisionId), server.trustPolicy()).status, 0);
    },
  ],
  [
    "what the run says on its way is seen by who watches the decision",
    async (surroundings) => {
      const { router, server } = await governed(surroundings);
      const decisionId = await server.executed({ steps: [step("answer"), step("wait")] });
      const seen: string[] = [];
      for await (const { kind } of server.as("human:you").decisions.watchDecision({ decisionId })) {
        if (kind.case !== "runProgress") continue;
        seen.push(kind.value.message);
        router.go(decisionId);
      }
      assert.ok(seen.includes("waiting") || seen.includes("step wait ended"), seen.join(", "));
    },
  ],
  [
    "the router is killed during a run and started again: OUTCOME_UNKNOWN, until an operator states it; never a second run",
    async (surroundings) => {
      const { router, server } = await governed(surroundings);
      const decisionId = await server.executed({ steps: [step("wait")] });
      await eventually("it is at work", () => router.calls(decisionId).length === 1);
      await router.kill();
      await router.start();
      const body = await server.reaches(decisionId, OUTCOME_UNKNOWN);
      assert.match(body?.case === "executionOutcomeUnknown" ? body.value.reason : "", /ended during step wait/);
      const value = { outcome: StatedOutcome.COMPLETED, reason: "looked at the machine" };
      const { decisions } = server.as("human:operator");
      await decisions.settleExecution({ decisionId, resolution: { case: "operatorStatement", value } });
      await server.reaches(decisionId, COMPLETED);
      assert.equal(router.calls(decisionId).length, 1);
    },
  ],
  [
    "the server is killed during a run: the run goes on, and the next start records how it ended",
    async (surroundings) => {
      const { router, server } = await governed(surroundings);
      const decisionId = await server.executed({ steps: [step("wait"), step("answer")] });
      await eventually("it is at work", () => router.calls(decisionId).length === 1);
      await server.kill();
      router.go(decisionId);
      await server.start();
      await server.reaches(decisionId, COMPLETED);
      assert.equal(router.calls(decisionId).length, 2);
    },
  ],
  [
    "the run's time is over: RUN_TIMEOUT, with what the step said of it",
    async (surroundings) => {
      const { server } = await governed(surroundings, { execution: { runTimeoutSeconds: 2 } });
      const decisionId = await server.executed({ steps: [step("wait", { cancelled: "tidy" })] });
      const body = await server.reaches(decisionId, FAILED);
      assert.ok(body?.case === "executionFailed");
      assert.ok(["RUN_TIMEOUT", "CANCELLED"].includes(body.value.code), body.value.code);
      assert.match(body.value.message, /stopped and cleaned up/);
    },
  ],
  [
    "a refusal, a failure and what nobody foresaw end the decision as they should",
    async (surroundings) => {
      const { router, server } = await governed(surroundings);
      const refused = await server.executed({ steps: [step("forbidden")] });
      const failed = await server.executed({ steps: [step("fail")] });
      const raised = await server.executed({ steps: [step("raise")] });
      const refusal = await server.reaches(refused, FAILED);
      assert.ok(refusal?.case === "executionFailed" && refusal.value.code === "REFUSED_BY_ROUTER");
      assert.match(refusal.value.message, /Step forbidden: it is forbidden/);
      const failure = await server.reaches(failed, FAILED);
      assert.ok(failure?.case === "executionFailed" && failure.value.code === "QUOTA");
      const unknown = await server.reaches(raised, OUTCOME_UNKNOWN);
      assert.ok(unknown?.case === "executionOutcomeUnknown" && !unknown.value.reason.includes("hunter2"));
      assert.deepEqual(
        [refused, failed, raised].map((id) => router.calls(id).length),
        [0, 1, 1],
      );
    },
  ],
  [
    "a dry run changes nothing",
    async (surroundings) => {
      const { router, server } = await governed(surroundings);
      const decisionId = await server.executed({ steps: [step("answer")] }, { mode: Mode.DRY_RUN });
      await server.reaches(decisionId, COMPLETED);
      assert.deepEqual(router.calls(), []);
    },
  ],
  [
    "a step that says nothing for a long time is not cut off",
    async (surroundings) => {
      const { router, server } = await governed(surroundings);
      const decisionId = await server.executed({ steps: [step("wait")] });
      await new Promise((resolve) => setTimeout(resolve, 45_000));
      router.go(decisionId);
      const body = await server.reaches(decisionId, COMPLETED);
      assert.ok(body?.case === "executionCompleted" && body.value.settlement === undefined, "its answer was lost");
    },
  ],
];
