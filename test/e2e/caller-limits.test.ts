import { connect } from "node:http2";
import { describe, expect, onTestFinished, test } from "vitest";
import { configSchema } from "../../src/config/schema.ts";
import { eventually } from "../support/eventually.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { type Protocol, type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { postHttp2 } from "./raw-call.ts";
import { refusalOf } from "./refusal.ts";
import { requested } from "./release.ts";
import { bearer, secureStage } from "./secure-server.ts";

const PATIENT = { maxEventLoopDelayMs: 60_000, failedAuthenticationsPerMinute: 1_000_000 };

const PROTOCOLS: readonly Protocol[] = ["grpc", "grpc-web", "connect"];

const refusals = ({ log }: ServerUnderTest) =>
  log.lines.filter(({ facts }) => facts["event"] === "refused").map(({ facts }) => facts);

/** A watch that is open: it has said something. */
async function opened(server: ServerUnderTest, actor: string, decisionId: string): Promise<{ end(): void }> {
  const leaving = new AbortController();
  const { decisions } = server.as(actor);
  const messages = decisions.watchDecision({ decisionId }, { signal: leaving.signal })[Symbol.asyncIterator]();
  await messages.next();
  return {
    end() {
      leaving.abort();
      void messages.next().catch(() => undefined);
    },
  };
}

describe("one actor", () => {
  test.each(PROTOCOLS)("has only so many calls a second, by the server's clock, over %s", async (protocol) => {
    const clock = createManualClock();
    const limits = { ...PATIENT, perActor: { callsPerSecond: 5, burst: 3 } };
    const server = await serverUnderTest({ config: { limits }, clock });
    const { decisions } = server.as("human:alice", { protocol });
    for (let index = 0; index < 3; index++) await decisions.listDecisions({ pageSize: index + 1 });
    expect(await refusalOf(decisions.listDecisions({}))).toMatchObject({
      code: "ResourceExhausted",
      reason: "RATE_LIMITED",
      metadata: { limit: "limits.perActor.callsPerSecond", limit_value: "5" },
      retryAfter: 200,
    });
    await server.as("human:bob", { protocol }).decisions.listDecisions({});
    clock.advance(200);
    await decisions.listDecisions({});
    expect(await refusalOf(decisions.listDecisions({}))).toMatchObject({ reason: "RATE_LIMITED" });
  });

  test("who floods fills no log: the refusals are one line, and no call of theirs has another", async () => {
    const limits = { ...PATIENT, perActor: { callsPerSecond: 1, burst: 5 } };
    const server = await serverUnderTest({ config: { limits }, clock: createManualClock() });
    const { decisions } = server.as("human:mallory");
    await Promise.allSettled(Array.from({ length: 200 }, () => decisions.listDecisions({})));
    expect(refusals(server)).toEqual([
      {
        event: "refused",
        reason: "RATE_LIMITED",
        limit: "limits.perActor.callsPerSecond",
        by: "human:mallory",
      },
    ]);
    expect(server.log.lines.filter(({ message }) => message === "call")).toHaveLength(5);
  });

  test("has only so many streams, and has one back for each that ends", async () => {
    const server = await serverUnderTest({ config: { limits: { ...PATIENT, perActor: { maxStreams: 2 } } } });
    const decisionId = await requested(server);
    const streams = [await opened(server, "human:alice", decisionId), await opened(server, "human:alice", decisionId)];
    const { decisions } = server.as("human:alice");
    for (const protocol of PROTOCOLS)
      expect(
        await refusalOf(server.as("human:alice", { protocol }).decisions.watchDecision({ decisionId })),
      ).toMatchObject({
        code: "ResourceExhausted",
        reason: "TOO_MANY_CALLS",
        metadata: { limit: "limits.perActor.maxStreams", limit_value: "2" },
        retryAfter: 1_000,
      });
    await decisions.getDecision({ decisionId });
    const other = await opened(server, "human:bob", decisionId);
    streams[0]?.end();
    const again = await eventually("a stream is free", () =>
      opened(server, "human:alice", decisionId).catch(() => undefined),
    );
    for (const each of [...streams, other, again]) each.end();
  });

  test("has only so many calls in progress", async () => {
    const server = await serverUnderTest({ config: { limits: { ...PATIENT, perActor: { maxCalls: 3 } } } });
    const { decisions } = server.as("human:alice");
    // They announce a request and keep it to themselves.
    const session = connect(server.url);
    onTestFinished(() => session.destroy());
    const path = "/nexus.attest.v1.DecisionService/ListDecisions";
    const headers = {
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      "nexus-actor": "human:alice",
    };
    const waiting = Array.from({ length: 3 }, () =>
      session.request(headers, { endStream: false }).on("error", () => undefined),
    );
    const refusal = await eventually("no turn is left", () =>
      refusalOf(decisions.listDecisions({})).catch(() => undefined),
    );
    expect(refusal).toMatchObject({ reason: "TOO_MANY_CALLS", metadata: { limit: "limits.perActor.maxCalls" } });
    await server.as("human:bob").decisions.listDecisions({});
    waiting[0]?.close();
    await eventually("a turn is free", () => decisions.listDecisions({}).catch(() => undefined));
  });

  test("for whom a service calls is counted apart from the service and from others", async () => {
    const { config, directory, authority, serviceToken } = await secureStage();
    const limits = { ...PATIENT, perActor: { callsPerSecond: 1, burst: 1 } };
    const server = await serverUnderTest({ config: { ...config, limits }, directory, clock: createManualClock() });
    const as = (person?: string) =>
      server.as(undefined, {
        tls: { ca: authority.ca },
        headers: { ...bearer(serviceToken), ...(person === undefined ? {} : { "x-nexus-on-behalf-of": person }) },
      }).decisions;
    for (const person of ["alice@test", "bob@test", undefined]) await as(person).listDecisions({});
    for (const person of ["alice@test", "bob@test", undefined])
      expect(await refusalOf(as(person).listDecisions({}))).toMatchObject({ reason: "RATE_LIMITED" });
  });

  test("is held to other limits as soon as the configuration is reloaded", async () => {
    const limits = { ...PATIENT, perActor: { callsPerSecond: 1, burst: 1 } };
    const server = await serverUnderTest({ config: { limits }, clock: createManualClock() });
    const { decisions } = server.as("human:alice");
    await decisions.listDecisions({});
    expect(await refusalOf(decisions.listDecisions({}))).toMatchObject({ reason: "RATE_LIMITED" });
    const next = configSchema.parse({
      listen: "127.0.0.1:0",
      limits: { ...PATIENT, perActor: { callsPerSecond: 1_000, burst: 1_000 } },
    });
    server.reload(() => ({ ...next, listen: "127.0.0.1:0" }));
    for (let index = 0; index < 10; index++) await server.as(`human:new-${index}`).decisions.listDecisions({});
    const { decisions: others } = server.as("human:bob");
    for (let index = 0; index < 10; index++) await others.listDecisions({});
  });
});

describe("a message that is too large", () => {
  const large = { goal: "x".repeat(200_000) };

  test.each(PROTOCOLS)("is refused with its limit, over %s", async (protocol) => {
    const server = await serverUnderTest({ config: { limits: { ...PATIENT, maxMessageBytes: 65_536 } } });
    const refusal = await refusalOf(server.as("human:alice", { protocol }).decisions.createDecision(large));
    expect(refusal).toMatchObject({
      code: "ResourceExhausted",
      reason: "MESSAGE_TOO_LARGE",
      metadata: { limit: "limits.maxMessageBytes", limit_value: "65536" },
      retryAfter: undefined,
    });
  });
});

describe("callers who are nobody valid", () => {
  const limits = { maxEventLoopDelayMs: 60_000, failedAuthenticationsPerMinute: 30 };

  test("are refused unseen after a while, and let in again after another", async () => {
    const { config, directory, authority, issuer, serviceToken } = await secureStage();
    const clock = createManualClock();
    const server = await serverUnderTest({ config: { ...config, limits }, directory, clock });
    const tls = { ca: authority.ca };
    const known = server.as(undefined, { tls, headers: bearer(serviceToken) }).decisions;
    await known.listDecisions({});

    // Tokens that name keys which nobody has: each would be a question to the issuer.
    const asked = issuer.asked();
    const reasons: (string | undefined)[] = [];
    for (let index = 0; index < 40; index++) {
      const headers = bearer(await issuer.token({ sub: "mallory" }, { kid: `nobodys-${index}` }));
      reasons.push((await refusalOf(server.as(undefined, { tls, headers }).decisions.listDecisions({}))).reason);
    }
    expect(reasons.slice(0, 30)).toEqual(Array(30).fill("UNAUTHENTICATED"));
    expect(reasons.slice(30)).toEqual(Array(10).fill("TOO_MANY_FAILED_AUTHENTICATIONS"));
    expect(issuer.asked() - asked).toBeLessThanOrEqual(1);

    // The connection by which somebody was let in goes on; another one from that address does not.
    await known.listDecisions({});
    const late = server.as(undefined, { tls, headers: bearer(serviceToken) }).decisions;
    expect(await refusalOf(late.listDecisions({}))).toMatchObject({
      code: "ResourceExhausted",
      reason: "TOO_MANY_FAILED_AUTHENTICATIONS",
      metadata: { limit: "limits.failedAuthenticationsPerMinute", limit_value: "30" },
      retryAfter: 2_000,
    });
    clock.advance(2_000);
    await late.listDecisions({});
  });

  test("starve no health check", async () => {
    const server = await serverUnderTest({
      config: { limits: { ...limits, perActor: { callsPerSecond: 5, burst: 5 } } },
      clock: createManualClock(),
    });
    const nobody = server.as(undefined).decisions;
    for (let index = 0; index < 40; index++) await refusalOf(nobody.listDecisions({}));
    const health = () =>
      postHttp2(server.url, "/grpc.health.v1.Health/Check", { "content-type": "application/grpc" }, new Uint8Array(5));
    for (let index = 0; index < 5; index++) expect((await health()).trailers["grpc-status"]).toBe("0");
    // Of one address, no more than any caller may make.
    expect((await health()).headers["grpc-status"]).toBe("8");
  });
});
