import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LOOK_EVERY } from "../../src/authentication.ts";
import { configSchema } from "../../src/config/schema.ts";
import { eventually } from "../support/eventually.ts";
import { EVERYBODY } from "../support/everybody.ts";
import { AUDIENCE, createIssuer } from "../support/issuer.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { type Protocol, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { RELEASE } from "./release.ts";
import { bearer } from "./secure-server.ts";

const PROTOCOLS: readonly Protocol[] = ["grpc", "connect", "grpc-web"];

describe("an issuer's token", () => {
  test("names who acts, by every protocol, and what is written says so", async () => {
    const issuer = await createIssuer();
    const auth = {
      jwt: [
        { issuer: issuer.issuer, audience: [AUDIENCE], jwksUrl: issuer.jwksUrl, type: "human", groupsClaim: "groups" },
      ],
    };
    const server = await serverUnderTest({ config: { auth, authorization: EVERYBODY } });
    for (const protocol of PROTOCOLS) {
      const headers = bearer(await issuer.token({ sub: `alice-${protocol}`, groups: ["sre"] }));
      const { decision } = await server.as(undefined, { protocol, headers }).decisions.createDecision(RELEASE);
      expect(decision?.requester).toMatchObject({ type: 1, id: `alice-${protocol}` });
    }
    expect(issuer.asked()).toBe(1);
  });

  test("cannot be judged while its issuer is out of reach; the caller is told to try again", async () => {
    const issuer = await createIssuer();
    issuer.answer("failing");
    const auth = { jwt: [{ issuer: issuer.issuer, audience: [AUDIENCE], jwksUrl: issuer.jwksUrl, type: "human" }] };
    const server = await serverUnderTest({ config: { auth, authorization: EVERYBODY } });
    const headers = bearer(await issuer.token({ sub: "alice" }));
    for (const protocol of PROTOCOLS)
      expect(await refusalOf(server.as(undefined, { protocol, headers }).decisions.listDecisions({}))).toMatchObject({
        code: "Unavailable",
        reason: "IDENTITY_UNAVAILABLE",
      });
  });

  test("goes on through a reload while its issuer is out of reach", async () => {
    const issuer = await createIssuer();
    const auth = { jwt: [{ issuer: issuer.issuer, audience: [AUDIENCE], jwksUrl: issuer.jwksUrl, type: "human" }] };
    const server = await serverUnderTest({ config: { auth, authorization: EVERYBODY } });
    const { decisions } = server.as(undefined, { headers: bearer(await issuer.token({ sub: "alice" })) });
    await decisions.listDecisions({});
    issuer.answer("failing");
    server.reload(() =>
      configSchema.parse({ listen: "127.0.0.1:0", auth: { ...auth, onBehalfOf: [] }, authorization: EVERYBODY }),
    );
    await decisions.listDecisions({});
  });

  test("is held against keys in a file as they are now", async () => {
    const issuer = await createIssuer();
    const jwksFile = join(temporaryDirectory(), "keys.json");
    const publish = () => writeFileSync(jwksFile, JSON.stringify(issuer.published()));
    publish();
    const clock = createManualClock(Date.now());
    const auth = { jwt: [{ issuer: issuer.issuer, audience: [AUDIENCE], jwksFile, type: "human" }] };
    const server = await serverUnderTest({ clock, config: { auth, authorization: EVERYBODY } });
    const old = await issuer.token({ sub: "alice" });
    const call = async (token: string) =>
      await server.as(undefined, { headers: bearer(token) }).decisions.listDecisions({});
    await call(old);
    await issuer.rotate({ keepOld: false });
    const next = await issuer.token({ sub: "alice" });
    expect(await refusalOf(call(next))).toMatchObject({ code: "Unauthenticated" });
    writeFileSync(jwksFile, "rubbish");
    clock.advance(LOOK_EVERY);
    await eventually("it is told of", () => server.log.lines.some(({ level }) => level === "error"));
    await call(old);
    publish();
    clock.advance(LOOK_EVERY);
    await call(next);
    expect(await refusalOf(call(old))).toMatchObject({ code: "Unauthenticated" });
    expect(issuer.asked()).toBe(0);
  });
});

test("what a service does for a person is written with both", async () => {
  const issuer = await createIssuer();
  const auth = {
    jwt: [{ issuer: issuer.issuer, audience: [AUDIENCE], jwksUrl: issuer.jwksUrl, type: "system" }],
    onBehalfOf: [{ service: "portal", people: ["*@test"], groups: ["staff"] }],
  };
  const server = await serverUnderTest({ config: { auth, authorization: EVERYBODY } });
  const by = async (sub: string, person?: string) =>
    server.as(undefined, {
      headers: {
        ...bearer(await issuer.token({ sub })),
        ...(person !== undefined && { "x-nexus-on-behalf-of": person }),
      },
    }).decisions;
  const { decision } = await (await by("portal", "alice@test")).createDecision(RELEASE);
  const { decisionId = "" } = decision ?? {};
  const value = await (await by("portal")).listDecisionEvents({ decisionId });
  for (const { event } of value.events)
    expect(event).toMatchObject({ actor: { type: 1, id: "alice@test" }, delegate: { type: 2, id: "portal" } });
  expect(await refusalOf((await by("portal", "alice@elsewhere")).grantApproval({ decisionId }))).toMatchObject({
    code: "PermissionDenied",
    reason: "ON_BEHALF_OF_REFUSED",
  });
  expect(await refusalOf((await by("other", "alice@test")).grantApproval({ decisionId }))).toMatchObject({
    reason: "ON_BEHALF_OF_REFUSED",
  });
  expect(
    await refusalOf((await by("portal", "alice@test")).grantApproval({ decisionId })),
    "who acts is the person",
  ).toMatchObject({
    reason: "SELF_APPROVAL",
  });
});
