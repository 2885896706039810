import { expect, test } from "vitest";
import { refusalOf } from "../e2e/refusal.ts";
import { RELEASE } from "../e2e/release.ts";
import { serverUnderTest } from "../support/server-under-test.ts";

const SERVICE = "nexus.attest.v1.DecisionService";

test("each denied call is a record of its own: which, by whom, of what, and why, also where the caller was told of nothing", async () => {
  const server = await serverUnderTest({
    config: {
      authorization: [
        { roles: ["requester"], actors: ["human:bob"] },
        { roles: ["auditor"], actors: ["human:ann"] },
        { roles: ["auditor"], actors: ["human:eve"], scope: { labels: { tenant: "blue" } } },
      ],
    },
  });
  const { decision } = await server.as("human:bob").decisions.createDecision(RELEASE);
  const decisionId = decision?.decisionId ?? "";
  const denied = () =>
    server.log.lines
      .map(({ facts }) => facts["audit"] as Readonly<Record<string, unknown>> | undefined)
      .filter((record) => record?.["outcome"] === "DENIED");
  await server.as("human:ann").decisions.getDecision({ decisionId });
  expect(denied()).toEqual([]);

  await refusalOf(server.as("human:ann").decisions.grantApproval({ decisionId, comment: "let me in" }));
  await refusalOf(server.as("human:eve").decisions.watchDecision({ decisionId }));
  await refusalOf(server.as("human:eve").decisions.getDecision({ decisionId: "0".repeat(32) }));
  await refusalOf(server.as("human:mallory").decisions.listDecisions({}));
  await refusalOf(server.as(undefined).decisions.listDecisions({}));
  const of = (rpc: string, id: string | undefined, reason: string, decisionId?: string) => ({
    version: "1",
    seq: expect.any(Number),
    time: expect.any(String),
    previousDigest: expect.stringMatching(/^sha256:/),
    kind: id === undefined ? "authentication" : "authorization",
    outcome: "DENIED",
    rpc: `${SERVICE}/${rpc}`,
    ...(id === undefined ? {} : { actor: { type: "HUMAN", id, source: "development" } }),
    ...(decisionId === undefined ? {} : { decisionId }),
    reason,
    remoteAddress: "127.0.0.1",
  });
  expect(denied()).toEqual([
    of("GrantApproval", "ann", "PERMISSION_DENIED", decisionId),
    of("WatchDecision", "eve", "HIDDEN", decisionId),
    of("ListDecisions", "mallory", "PERMISSION_DENIED"),
    of("ListDecisions", undefined, "UNAUTHENTICATED"),
  ]);
  expect(JSON.stringify(server.log.lines)).not.toContain("let me in");
});
