import { create, toJson } from "@bufbuild/protobuf";
import { DsseEnvelopeSchema, type DsseEnvelope as WireEnvelope } from "../../gen/ts/nexus/attest/v1/dsse_pb.ts";
import type { DsseEnvelope } from "../domain/dsse-envelope.ts";
import type { Json } from "./canonical-json.ts";

export function toWireEnvelope({ payload, payloadType, signatures }: DsseEnvelope): WireEnvelope {
  return create(DsseEnvelopeSchema, {
    payload: new Uint8Array(payload),
    payloadType,
    signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig: new Uint8Array(sig) })),
  });
}

export function fromWireEnvelope(wire: WireEnvelope): DsseEnvelope {
  return {
    payload: wire.payload,
    payloadType: wire.payloadType,
    signatures: wire.signatures.map(({ keyid, sig }) => ({ keyid, sig })),
  };
}

/** Its ProtoJSON, which is DSSE's own JSON. */
export function envelopeJson(envelope: DsseEnvelope): Json {
  return toJson(DsseEnvelopeSchema, toWireEnvelope(envelope)) as Json;
}
