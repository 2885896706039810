import { beforeEach, expect, test } from "vitest";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { adaptersIn, RELEASE } from "../e2e/release.ts";
import { bearer, type SecureStage, secureStage } from "../e2e/secure-server.ts";
import { type Clients, type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";

let stage: SecureStage;
let server: ServerUnderTest;
beforeEach(async () => {
  stage = await secureStage();
  const separationOfDuties = {
    executorIsNotRequester: true,
    approverIsNotExecutor: true,
    aliases: [["alice@test", "alice-admin@test"]],
  };
  const { config } = adaptersIn(stage.directory);
  server = await serverUnderTest({ config: { ...stage.config, ...config, separationOfDuties } });
});

const tls = () => ({ ca: stage.authority.ca });

/** Every way by which one person may come: by name, what a call by it is made with. */
async function waysOf(person: string) {
  const { cert, key } = stage.authority.issue(person, { san: `email:${person}@test` });
  const token = await stage.issuer.token({ sub: `${person}@test` });
  const forThem = { ...bearer(stage.serviceToken), "x-nexus-on-behalf-of": `${person}@test` };
  return {
    token: server.as(undefined, { headers: bearer(token), tls: tls() }).decisions,
    certificate: server.as(undefined, { tls: { ...tls(), cert, key } }).decisions,
    service: server.as(undefined, { headers: forThem, tls: tls() }).decisions,
  };
}

/** The service in its own name. */
const pipeline = () => server.as(undefined, { headers: bearer(stage.serviceToken), tls: tls() }).decisions;

async function requestedBy(decisions: Clients["decisions"]): Promise<string> {
  const { decision } = await decisions.createDecision(RELEASE);
  return decision?.decisionId ?? "";
}

const stateOf = async (decisionId: string) => (await pipeline().getDecision({ decisionId })).decision?.lifecycle?.state;

test("approves once, whichever way and under whichever of two names", async () => {
  const ways = await waysOf("alice");
  const { token: bob } = await waysOf("bob");
  const decisionId = await requestedBy(bob);
  await ways.certificate.grantApproval({ decisionId });
  for (const each of [ways, await waysOf("alice-admin")])
    for (const [way, decisions] of Object.entries(each))
      expect((await refusalOf(decisions.grantApproval({ decisionId }))).reason, way).toBe("ALREADY_APPROVED");
});

test("does not approve their own request, whichever way", async () => {
  const ways = await waysOf("alice");
  const decisionId = await requestedBy(ways.certificate);
  for (const each of [ways, await waysOf("alice-admin")])
    for (const [way, decisions] of Object.entries(each))
      expect((await refusalOf(decisions.grantApproval({ decisionId }))).reason, way).toBe("SELF_APPROVAL");
});

test("does not execute what they have requested or approved, whichever way, nor does the service that acted for them", async () => {
  const alice = await waysOf("alice");
  const admin = await waysOf("alice-admin");
  const [bob, carol] = [await waysOf("bob"), await waysOf("carol")];
  const decisionId = await requestedBy(alice.token);
  await bob.certificate.grantApproval({ decisionId });
  await carol.service.grantApproval({ decisionId });
  expect(await stateOf(decisionId)).toBe(DecisionState.APPROVED);
  for (const [ways, reason] of [
    [alice, "EXECUTOR_IS_REQUESTER"],
    [admin, "EXECUTOR_IS_REQUESTER"],
    [bob, "EXECUTOR_IS_APPROVER"],
    [carol, "EXECUTOR_IS_APPROVER"],
    [{ service: pipeline() }, "EXECUTOR_IS_APPROVER"],
  ] as const)
    for (const [way, decisions] of Object.entries(ways))
      expect((await refusalOf(decisions.executeDecision({ decisionId }))).reason, way).toBe(reason);
  const { certificate: erin } = await waysOf("erin");
  expect((await erin.executeDecision({ decisionId })).event).toBeDefined();
});

test("a service fills no seat beside the person for whom it approved", async () => {
  const bob = await waysOf("bob");
  const carol = await waysOf("carol");
  const decisionId = await requestedBy(bob.token);
  await carol.service.grantApproval({ decisionId });
  expect((await refusalOf(pipeline().grantApproval({ decisionId }))).reason).toBe("ALREADY_APPROVED");
  expect(await stateOf(decisionId)).toBe(DecisionState.PENDING_APPROVAL);
});
