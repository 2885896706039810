import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { ActorType } from "../../gen/ts/nexus/attest/v1/actor_pb.ts";
import { createDevelopmentAuthenticator } from "../../src/rpc/development-authenticator.ts";
import { DECISIONS, enveloped, postHttp2 } from "../e2e/raw-call.ts";
import { refusalOf } from "../e2e/refusal.ts";
import { adaptersIn, RELEASE } from "../e2e/release.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const authenticator = createDevelopmentAuthenticator();
const identify = (actor: string, groups?: string) =>
  authenticator.authenticate(
    new Headers({ "nexus-actor": actor, ...(groups === undefined ? {} : { "nexus-groups": groups }) }),
  );

describe("takes a caller's word", () => {
  test.each([
    ["human:alice@example.com", { type: "HUMAN", id: "alice@example.com" }],
    ["system:pipeline", { type: "SYSTEM", id: "pipeline" }],
    ["human:spiffe://a/b:c", { type: "HUMAN", id: "spiffe://a/b:c" }],
    [`human:${"x".repeat(256)}`, { type: "HUMAN", id: "x".repeat(256) }],
  ])("%s", async (given, actor) => {
    expect(await identify(given)).toEqual({ actor, groups: [], delegate: undefined });
  });

  test("for its groups, sorted and each once", async () => {
    expect((await identify("human:a", "sre, security,sre")).groups).toEqual(["security", "sre"]);
    expect((await identify("human:a", "")).groups).toEqual([]);
  });
});

describe("refuses", () => {
  test.each([
    ["no type", "alice"],
    ["no id", "human:"],
    ["nothing", ""],
    ["another type", "robot:r2d2"],
    ["a type in capitals", "SYSTEM:alice"],
    ["the server itself", "system:nexus-attest"],
    ["the server itself as a person", "human:nexus-attest"],
    ["a space", "human:alice b"],
    ["two at once", "human:alice, human:bob"],
    ["a comma", "human:alice,bob"],
    ["letters beyond ASCII", "human:alic\u00e9"],
    ["too long an id", `human:${"x".repeat(257)}`],
  ])("%s", async (_, given) => {
    await expect(identify(given)).rejects.toMatchObject({ code: Code.Unauthenticated });
  });

  test("no header at all, and says what to send", async () => {
    const error = await authenticator.authenticate(new Headers()).catch((refusal: unknown) => refusal);
    expect(error).toBeInstanceOf(ConnectError);
    expect((error as ConnectError).rawMessage).toContain("nexus-actor");
  });

  test.each([
    ["an odd name", "a b"],
    ["a leading dash", "-x"],
    ["too many", Array.from({ length: 65 }, (_, i) => `g${i}`).join()],
  ])("groups with %s", async (_, groups) => {
    await expect(identify("human:a", groups)).rejects.toMatchObject({ code: Code.Unauthenticated });
  });
});

describe("on the wire", () => {
  test("every RPC that is not of the infrastructure wants a name", async () => {
    const server = await serverUnderTest();
    const { decisions, audit } = server.as(undefined);
    for (const call of [
      () => decisions.createDecision(RELEASE),
      () => decisions.getDecision({ decisionId: "0".repeat(32) }),
      () => decisions.listDecisions({}),
      () => decisions.watchDecisions({}),
      () => audit.verifyAuditPackage({}),
      () => audit.importBundle({}),
    ])
      expect(await refusalOf(call())).toMatchObject({
        code: "Unauthenticated",
        reason: "UNAUTHENTICATED",
        domain: "nexus-attest",
      });
  });

  test("the header twice is nobody, over HTTP/1.1 and HTTP/2", async () => {
    const server = await serverUnderTest();
    const headers = new Headers({ "content-type": "application/json" });
    headers.append("nexus-actor", "human:alice");
    headers.append("nexus-actor", "human:bob");
    const response = await fetch(`${server.url}${DECISIONS}/ListDecisions`, { method: "POST", headers, body: "{}" });
    expect(response.status).toBe(401);
    const twice = {
      "content-type": "application/grpc",
      "nexus-actor": ["human:alice", "human:bob"],
    } as unknown as Record<string, string>;
    const { trailers } = await postHttp2(server.url, `${DECISIONS}/ListDecisions`, twice, enveloped(new Uint8Array(0)));
    expect(trailers["grpc-status"]).toBe("16");
  });

  test("the name comes from the metadata, and no field of a message can give another", async () => {
    const directory = temporaryDirectory();
    const server = await serverUnderTest({ directory, config: adaptersIn(directory).config });
    const body = JSON.stringify({ goal: "g", mode: "MODE_APPLY", requester: { type: "ACTOR_TYPE_HUMAN", id: "ceo" } });
    const headers = { "content-type": "application/json", "nexus-actor": "human:mallory" };
    const forged = await fetch(`${server.url}${DECISIONS}/CreateDecision`, { method: "POST", headers, body });
    expect(forged.status).toBe(400);
    const { decision } = await server.as("system:pipeline").decisions.createDecision(RELEASE);
    expect(decision?.requester).toMatchObject({ type: ActorType.SYSTEM, id: "pipeline" });
  });

  test("groups count at the gate as the metadata gave them, at the moment of the approval", async () => {
    const directory = temporaryDirectory();
    const server = await serverUnderTest({ directory, config: adaptersIn(directory).config });
    const value = { minApprovals: 1, allowedModes: [2 as const], groups: [{ group: "sre", minApprovals: 1 }] };
    const { decision } = await server
      .as("human:bob")
      .decisions.createDecision({ ...RELEASE, policySource: { case: "policy", value } });
    const { decisionId = "" } = decision ?? {};
    await server.as("human:carol", { groups: "security" }).decisions.grantApproval({ decisionId });
    expect(
      await refusalOf(server.as("human:bob", { groups: "sre" }).decisions.executeDecision({ decisionId })),
    ).toMatchObject({
      blockingCodes: ["MISSING_APPROVALS"],
    });
    await server.as("human:dave", { groups: "sre,security" }).decisions.grantApproval({ decisionId });
    await server.as("human:bob").decisions.executeDecision({ decisionId });
  });
});
