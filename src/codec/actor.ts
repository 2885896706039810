import { create } from "@bufbuild/protobuf";
import { ActorSchema, type Actor as WireActor } from "../../gen/ts/nexus/attest/v1/actor_pb.ts";
import type { Actor } from "../domain/actor.ts";
import { CodecError } from "./codec-error.ts";
import { ACTOR_TYPES, nameOf } from "./enums.ts";

export function toWireActor({ type, id }: Actor): WireActor {
  return create(ActorSchema, { type: ACTOR_TYPES[type], id });
}

export function fromWireActor(actor: WireActor | undefined, field: string): Actor {
  if (actor === undefined) throw new CodecError(`${field} is missing`);
  if (actor.id === "") throw new CodecError(`${field}.id is empty`);
  return { type: nameOf(ACTOR_TYPES, actor.type, `${field}.type`), id: actor.id };
}
