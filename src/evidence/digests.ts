import { create, type DescMessage, type MessageShape, toJson } from "@bufbuild/protobuf";
import { RequestCommitmentSchema } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import { PolicySchema } from "../../gen/ts/nexus/attest/v1/policy_pb.ts";
import { canonicalJson } from "../codec/canonical-json.ts";
import { toWireCreated, toWirePolicyAttached } from "../codec/event-body.ts";
import { toWirePolicy } from "../codec/policy.ts";
import { encodeRunRequest } from "../codec/run-request.ts";
import type { Digests } from "../domain/digests.ts";
import type { DecisionCreated, PolicyAttached } from "../domain/event.ts";
import type { DecisionId, Digest } from "../domain/ids.ts";
import type { Policy } from "../domain/policy.ts";
import { digestOf } from "./digest.ts";

/** The digest of a message: SHA-256 of the canonical JSON of its ProtoJSON. */
export function messageDigest<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): Digest {
  return digestOf(canonicalJson(toJson(schema, message)));
}

/** The digests that a decision's events record. What is asked for again and again, of events that never change, is worked out once. */
export const DIGESTS: Digests = {
  request(decisionId, created, attached) {
    const known = requestDigests.get(attached);
    if (known?.decisionId === decisionId && known.created === created) return known.digest;
    const digest = requestDigest(decisionId, created, attached);
    requestDigests.set(attached, { decisionId, created, digest });
    return digest;
  },
  policy(policy) {
    const digest = policyDigests.get(policy) ?? messageDigest(PolicySchema, toWirePolicy(policy));
    policyDigests.set(policy, digest);
    return digest;
  },
  runRequest: (request) => digestOf(encodeRunRequest(request)),
};

/** By the very objects, which are immutable. */
const requestDigests = new WeakMap<
  PolicyAttached,
  { readonly decisionId: DecisionId; readonly created: DecisionCreated; readonly digest: Digest }
>();
const policyDigests = new WeakMap<Policy, Digest>();

function requestDigest(decisionId: DecisionId, created: DecisionCreated, attached: PolicyAttached): Digest {
  const message = create(RequestCommitmentSchema, {
    decisionId,
    decisionCreated: toWireCreated(created),
    policyAttached: toWirePolicyAttached(attached),
  });
  return messageDigest(RequestCommitmentSchema, message);
}
