import { GuardrailSchema } from "../../gen/ts/nexus/attest/v1/guardrail_pb.ts";
import { toWireGuardrail } from "../codec/guardrail.ts";
import type { Guardrail, GuardrailUse } from "../domain/guardrail.ts";
import { messageDigest } from "./digests.ts";

/** A guardrail with the digest that it is recorded, shown and required by. */
export function guardrailUseOf(guardrail: Guardrail): GuardrailUse {
  return { digest: messageDigest(GuardrailSchema, toWireGuardrail(guardrail)), guardrail };
}
