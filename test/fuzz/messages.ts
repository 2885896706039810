import {
  create,
  type DescField,
  type DescMessage,
  type DescMethod,
  type DescService,
  type Message,
  ScalarType,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { Health } from "../../gen/ts/grpc/health/v1/health_pb.ts";
import { ServerReflection } from "../../gen/ts/grpc/reflection/v1/reflection_pb.ts";
import { ApproverKeyService } from "../../gen/ts/nexus/attest/v1/approver_key_service_pb.ts";
import { AuditService } from "../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { CreateDecisionRequestSchema, DecisionService } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { ImportedDecisionService } from "../../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import { TemplateService } from "../../gen/ts/nexus/attest/v1/template_service_pb.ts";
import { RELEASE } from "../e2e/release.ts";
import { mutateBytes, mutateJson } from "./mutate.ts";
import type { Random } from "./random.ts";

const SERVICES: readonly DescService[] = [
  DecisionService,
  TemplateService,
  AuditService,
  ApproverKeyService,
  ImportedDecisionService,
  Health,
  ServerReflection,
];

export const METHODS: readonly DescMethod[] = SERVICES.flatMap(({ methods }) => methods);

const TEXTS = [
  "",
  "a",
  "apply",
  "files",
  "tenant",
  "../../etc/passwd",
  "\u0000",
  "\u202e",
  "%s%n",
  "{}",
  "[1]",
  "-1",
  "=",
  "é".repeat(300),
];

/** A request of a method as somebody may have meant it: fields of the right types, ids of what exists, values on and over the edges. */
export function randomMessage(random: Random, schema: DescMessage, ids: readonly string[], depth = 0): Message {
  if (schema === (CreateDecisionRequestSchema as DescMessage) && random.chance(0.5))
    return create(CreateDecisionRequestSchema, { ...RELEASE, goal: `g${random.below(1_000)}` });
  const message = reflect(schema);
  for (const field of schema.fields) if (random.chance(0.6)) fill(random, message, field, ids, depth);
  return message.message;
}

function fill(random: Random, message: ReflectMessage, field: DescField, ids: readonly string[], depth: number): void {
  switch (field.fieldKind) {
    case "scalar":
      message.set(field, scalar(random, field.scalar, field.name, ids));
      return;
    case "enum":
      message.set(field, random.chance(0.9) ? random.pick(field.enum.values).number : random.below(1_000));
      return;
    case "message":
      if (depth < 6) message.set(field, reflect(field.message, randomMessage(random, field.message, ids, depth + 1)));
      return;
    case "list": {
      const list = message.get(field);
      for (let left = random.size(8); left > 0; left--) list.add(item(random, field, ids, depth));
      return;
    }
    case "map":
  }
}

function item(
  random: Random,
  field: DescField & { readonly fieldKind: "list" },
  ids: readonly string[],
  depth: number,
) {
  switch (field.listKind) {
    case "scalar":
      return scalar(random, field.scalar, field.name, ids);
    case "enum":
      return random.pick(field.enum.values).number;
    case "message": {
      const inner = depth < 6 ? randomMessage(random, field.message, ids, depth + 1) : create(field.message);
      return reflect(field.message, inner);
    }
  }
}

function scalar(random: Random, type: ScalarType, name: string, ids: readonly string[]) {
  switch (type) {
    case ScalarType.STRING:
      if (/(^|_)id$/.test(name) && random.chance(0.7)) return random.pick(ids);
      return random.chance(0.8) ? random.pick(TEXTS) : "x".repeat(random.size(5_000));
    case ScalarType.BYTES:
      return random.chance(0.5)
        ? Buffer.from(random.pick(['{"a":1}', "{}", "null", "\ufeff{}"]))
        : random.bytes(random.size(300));
    case ScalarType.BOOL:
      return random.chance(0.5);
    case ScalarType.FLOAT:
    case ScalarType.DOUBLE:
      return random.pick([0, -1, Number.NaN, Number.POSITIVE_INFINITY]);
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return random.pick([0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 253402300800n]);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return random.pick([0n, 1n, 2n ** 64n - 1n]);
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return random.pick([0, 1, 2, 7, 1_000, 2 ** 31, 2 ** 32 - 1]);
    default:
      return random.pick([0, 1, -1, 999_999_999, 2 ** 31 - 1, -(2 ** 31)]);
  }
}

/** The bytes of a request, mostly with something wrong in them. */
export function randomBinary(random: Random, { input }: DescMethod, ids: readonly string[]): Uint8Array {
  const bytes = toBinary(input, randomMessage(random, input, ids));
  return random.chance(0.25) ? bytes : mutateBytes(random, bytes);
}

export function randomJson(random: Random, { input }: DescMethod, ids: readonly string[]): Uint8Array {
  const text = jsonOf(input, randomMessage(random, input, ids));
  return random.chance(0.25) ? Buffer.from(text) : mutateJson(random, text);
}

/** Some messages cannot be told in JSON, such as a time beyond the year 9999. */
function jsonOf(schema: DescMessage, message: Message): string {
  try {
    return toJsonString(schema, message);
  } catch {
    return "{}";
  }
}

export function pathOf({ parent, name }: DescMethod): string {
  return `/${parent.typeName}/${name}`;
}
