import { toJsonString } from "@bufbuild/protobuf";
import { type TrustPolicy, TrustPolicySchema } from "../../gen/ts/nexus/attest/v1/trust_policy_pb.ts";
import { CodecError } from "./codec-error.ts";

/**
 * A trust policy as it stands in a file, for the one parser that there is.
 *
 * @throws {CodecError} if it has no such form, as with a time that is none.
 */
export function trustPolicyText(wire: TrustPolicy): string {
  try {
    return toJsonString(TrustPolicySchema, wire);
  } catch (cause) {
    throw new CodecError(`trust_policy: ${(cause as Error).message}`, { cause });
  }
}
