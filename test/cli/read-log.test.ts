import { clone } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { type RecordedEvent, RecordedEventSchema } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import type { Clients } from "../../src/cli/client.ts";
import { readDecision } from "../../src/cli/read-log.ts";
import { serverUnderTest } from "../support/server-under-test.ts";

/** A decision on a server, and clients to whom its events are told changed. */
async function told(change: (events: RecordedEvent[]) => RecordedEvent[]) {
  const server = await serverUnderTest();
  const { decisions } = server.as("human:bob");
  const policy = { minApprovals: 1, allowedModes: [Mode.APPLY] };
  const { decision } = await decisions.createDecision({
    goal: "raise the limit",
    mode: Mode.APPLY,
    adapterId: "files",
    policySource: { case: "policy", value: policy },
  });
  const id = decision?.decisionId ?? "";
  await server.as("human:carol").decisions.grantApproval({ decisionId: id });
  const listDecisionEvents: typeof decisions.listDecisionEvents = async (request) => {
    const page = await decisions.listDecisionEvents(request);
    return { ...page, events: change(page.events.map((event) => clone(RecordedEventSchema, event))) };
  };
  const clients = { decisions: { ...decisions, listDecisionEvents } } as unknown as Clients;
  return { decision, read: readDecision(clients, id) };
}

function body<Case extends string>(event: RecordedEvent | undefined, name: Case) {
  const { body: found } = event?.event ?? {};
  if (found?.case !== name) throw new Error(`it is no ${name}`);
  return found.value as Extract<typeof found, { case: Case }>["value"];
}

describe("what is shown to an approver and signed", () => {
  test("follows from the events alone: where the server is honest, it is what the server says", async () => {
    const { decision, read } = await told((events) => events);
    expect(await read).toMatchObject({
      requestDigest: decision?.requestDigest,
      policyDigest: decision?.policyDigest,
      decision: { created: { goal: "raise the limit" }, head: { seq: 2 } },
    });
  });

  test("is nothing where the server names other digests than those of its events", async () => {
    const { decision, read } = await told((events) => events.map((event) => ({ ...event, digest: "sha256:0" })));
    expect((await read).requestDigest).toBe(decision?.requestDigest);
  });

  const lies: [string, (events: RecordedEvent[]) => void][] = [
    ["another goal", ([created]) => void (body(created, "decisionCreated").goal = "lower the limit")],
    ["another policy", ([, attached]) => void (body(attached, "policyAttached").policy = undefined)],
    ["an event left out", (events) => void events.splice(1, 1)],
    ["events in another order", (events) => void events.push(...events.splice(0, 2))],
    ["an event twice", (events) => void events.push(...events.slice(-1))],
    ["no content", ([created]) => void (created && delete created.event)],
  ];
  test.each(lies)("is nothing where the server tells of %s", async (_, lie) => {
    const { read } = await told((events) => {
      lie(events);
      return events;
    });
    await expect(read).rejects.toMatchObject({ name: "BrokenLog" });
  });

  test("has another digest where the server changes what nothing follows yet: the true one takes no such signature", async () => {
    const { decision, read } = await told((events) => {
      const policy = body(events[1], "policyAttached").policy;
      if (policy !== undefined) policy.allowSelfApproval = true;
      return events.slice(0, 2);
    });
    const { requestDigest, decision: shown } = await read;
    expect(shown.policy?.policy.allowSelfApproval).toBe(true);
    expect(requestDigest).not.toBe(decision?.requestDigest);
  });
});
