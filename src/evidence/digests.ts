import { create, type DescMessage, type MessageShape, toJson } from "@bufbuild/protobuf";
import { RequestCommitmentSchema } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import { PolicySchema } from "../../gen/ts/nexus/attest/v1/policy_pb.ts";
import { canonicalJson } from "../codec/canonical-json.ts";
import { toWireCreated, toWirePolicyAttached } from "../codec/event-body.ts";
import { toWirePolicy } from "../codec/policy.ts";
import { encodeRunRequest } from "../codec/run-request.ts";
import type { Digests } from "../domain/digests.ts";
import type { Digest } from "../domain/ids.ts";
import { digestOf } from "./digest.ts";

/** The digest of a message: SHA-256 of the canonical JSON of its ProtoJSON. */
export function messageDigest<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): Digest {
  return digestOf(canonicalJson(toJson(schema, message)));
}

/** The digests that a decision's events record. */
export const DIGESTS: Digests = {
  request: (decisionId, created, attached) =>
    messageDigest(
      RequestCommitmentSchema,
      create(RequestCommitmentSchema, {
        decisionId,
        decisionCreated: toWireCreated(created),
        policyAttached: toWirePolicyAttached(attached),
      }),
    ),
  policy: (policy) => messageDigest(PolicySchema, toWirePolicy(policy)),
  runRequest: (request) => digestOf(encodeRunRequest(request)),
};
