import { describe, expect, test } from "vitest";
import { ActorType } from "../../gen/ts/nexus/attest/v1/actor_pb.ts";
import { ROLES } from "../../src/domain/grant.ts";
import { documentedCalls } from "../docs/access.ts";
import { type Clients, type Protocol, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { ANY_REQUEST, newPublicKey, type Subjects } from "./any-request.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, RELEASE } from "./release.ts";

const PROTOCOLS: readonly Protocol[] = ["grpc", "connect", "grpc-web"];
const HIDDEN: readonly unknown[] = ["DECISION_NOT_FOUND", "TEMPLATE_NOT_FOUND", "APPROVER_KEY_NOT_FOUND"];

/** A server where each role is held by one person of its name, `owner` requests, and `keyholder` has a key; nobody has a scope. */
async function stage() {
  const authorization = [
    ...ROLES.map((role) => ({ roles: [role], actors: [`human:${role}`] })),
    { roles: ["requester"], actors: ["human:owner"] },
    { roles: ["requester"], actors: ["human:keyholder"] },
  ];
  const server = await serverUnderTest({ config: { authorization, ...adaptersIn(temporaryDirectory()).config } });
  /** One connection for each: more than a few hundred from one address are too many. */
  const known = new Map<string, Clients>();
  const as = (actor: string, protocol: Protocol = "grpc") => {
    const clients = known.get(`${actor} ${protocol}`) ?? server.as(actor, { protocol });
    known.set(`${actor} ${protocol}`, clients);
    return clients;
  };
  const { template } = await as("human:template_admin").templates.createTemplate({
    name: "usual",
    policy: RELEASE.policySource.value,
  });
  const about = async (isDraft: boolean): Promise<Subjects> => {
    const { policySource, ...draft } = RELEASE;
    const request = isDraft ? draft : { ...draft, policySource };
    const { decision } = await as("human:owner").decisions.createDecision(request);
    const { key } = await as("human:key_admin").approverKeys.enrollApproverKey({
      approver: { type: ActorType.HUMAN, id: "keyholder" },
      publicKey: newPublicKey(),
    });
    return {
      decisionId: decision?.decisionId ?? "",
      template: template?.name ?? "",
      keyId: key?.keyId ?? "",
      labels: [],
    };
  };
  return { as, about };
}

/** Whether a call came as far as its handler; if it did not, in which way. */
async function outcomeOf(call: Promise<unknown>): Promise<"allowed" | "denied" | "hidden"> {
  const answer = await call.then(
    () => undefined,
    (error: Error) => error,
  );
  if (answer === undefined) return "allowed";
  const { reason, code } = await refusalOf(Promise.reject(answer));
  if (reason === "PERMISSION_DENIED") {
    expect(code).toBe("PermissionDenied");
    return "denied";
  }
  return HIDDEN.includes(reason) ? "hidden" : "allowed";
}

describe.each(PROTOCOLS)("every call in every role, over %s", (protocol) => {
  test("does what the page says", async () => {
    const { as, about } = await stage();
    const calls = documentedCalls();
    expect(calls.length).toBeGreaterThan(20);
    for (const { rpc, of, roles, own } of calls) {
      const call = ANY_REQUEST[rpc];
      if (call === undefined) throw new Error(`${rpc}: no request to walk it with`);
      let subjects = await about(rpc === "AttachPolicy");
      for (const role of ROLES) {
        const outcome = await outcomeOf(call(as(`human:${role}`, protocol), subjects));
        // Who sees decisions of others is told that they may not; whoever does not is told of nothing.
        const sees =
          of === "decision"
            ? ["approver", "executor", "break_glass", "auditor", "operator"].includes(role)
            : of !== "key" || ["auditor", "key_admin", "operator"].includes(role);
        const expected = roles.includes(role) && sees ? "allowed" : sees ? "denied" : "hidden";
        expect(outcome, `${rpc} as ${role}`).toBe(expected);
        if (outcome === "allowed") subjects = await about(rpc === "AttachPolicy");
      }
      const owner = of === "key" || of === "keys" ? "keyholder" : "owner";
      const outcome = await outcomeOf(call(as(`human:${owner}`, protocol), subjects));
      expect(outcome, `${rpc} as ${owner}`).toBe(own || roles.includes("requester") ? "allowed" : "denied");
      expect(await outcomeOf(call(as("human:nobody", protocol), subjects)), `${rpc} as nobody`).toBe("denied");
      // The same name, and a program: roles are bound to a type and an id.
      expect(await outcomeOf(call(as("system:operator", protocol), subjects)), rpc).toBe("denied");
    }
  }, 120_000);
});

test("with proved identities and no roles, nobody may do anything, and the log says so", async () => {
  const server = await serverUnderTest({ config: { auth: { development: true, tokens: [TOKEN] } } });
  expect(await outcomeOf(server.as("human:alice").decisions.listDecisions({}))).toBe("denied");
  expect(server.log.lines.map(({ message }) => message).join("\n")).toContain("nobody has a role");
});

test("with roles and development identity, nobody may do anything that is not granted", async () => {
  const server = await serverUnderTest({ config: { authorization: [] } });
  expect(await outcomeOf(server.as("human:alice").decisions.listDecisions({}))).toBe("denied");
});

test("with development identity alone everybody may do everything, and the log says so", async () => {
  const server = await serverUnderTest();
  await server.as("human:alice").decisions.listDecisions({});
  const { message } = server.log.lines.find(({ facts }) => facts["event"] === "authorization") ?? {};
  expect(message).toContain("whoever calls may do and read everything");
});

const TOKEN = { service: "pipeline", hash: `sha256:${"0".repeat(64)}` };
