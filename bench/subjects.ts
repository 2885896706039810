import { fromBinary } from "@bufbuild/protobuf";
import {
  GetDecisionRequestSchema,
  GetDecisionResponseSchema,
  GrantApprovalResponseSchema,
} from "../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { createDecisions, DECISION_SERVICE, encode, grantRequest } from "./decisions.ts";
import type { Call } from "./wire.ts";

/** What is called again and again. */
export type Subject = "Echo" | "GetDecision" | "GrantApproval";

/** Makes the next call. */
export type Next = () => Promise<unknown>;

/** Decisions that calls go to, in turn. */
const DECISIONS = 512;

/** Prepares what a subject needs, makes sure of one answer, and says how the next call is made. */
export async function prepare(subject: Subject, call: Call): Promise<Next> {
  switch (subject) {
    case "Echo": {
      const bytes = encode(GetDecisionRequestSchema, { decisionId: "0".repeat(32) });
      return () => call("/bench.Echo/Echo", "human:alice", bytes);
    }
    case "GetDecision":
      return await prepareGet(call);
    case "GrantApproval":
      return await prepareGrant(call);
  }
}

/** Reads decisions with four events each: request, policy and two approvals. */
async function prepareGet(call: Call): Promise<Next> {
  const ids = await createDecisions(call, DECISIONS);
  for (const actor of ["human:carol", "human:dave"])
    await Promise.all(ids.map((id) => call(`${DECISION_SERVICE}/GrantApproval`, actor, grantRequest(id))));
  const next = inTurn(ids.map((decisionId) => encode(GetDecisionRequestSchema, { decisionId })));
  const get = () => call(`${DECISION_SERVICE}/GetDecision`, "human:alice", next().item);
  const { decision } = fromBinary(GetDecisionResponseSchema, await get());
  if (decision?.approvals.length !== 2) throw new Error("GetDecision did not answer what it should");
  return get;
}

/** Every actor approves a decision once: each call is an append. */
async function prepareGrant(call: Call): Promise<Next> {
  const ids = await createDecisions(call, DECISIONS);
  const next = inTurn(ids.map(grantRequest));
  const grant = () => {
    const { item, lap } = next();
    return call(`${DECISION_SERVICE}/GrantApproval`, `human:approver-${lap}`, item);
  };
  const { event } = fromBinary(GrantApprovalResponseSchema, await grant());
  if (event?.event?.seq !== 2) throw new Error("GrantApproval did not append");
  return grant;
}

/** One item after the other, over and over, with the number of the lap. */
function inTurn<Item>(items: readonly Item[]): () => { readonly item: Item; readonly lap: number } {
  let turn = 0;
  return () => {
    const item = items[turn % items.length];
    if (item === undefined) throw new RangeError("there are no items");
    return { item, lap: Math.floor(turn++ / items.length) };
  };
}
