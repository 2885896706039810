import { create, type DescMessage, type Message } from "@bufbuild/protobuf";
import { type Path, pathToString, type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { createValidator, type Violation, violationsToProto } from "@bufbuild/protovalidate";
import type { ConnectError } from "@connectrpc/connect";
import { BadRequestSchema } from "../../gen/ts/google/rpc/error_details_pb.ts";
import { rpcError } from "./errors.ts";

const validator = createValidator();

/**
 * Holds a request against the schema.
 *
 * @throws {ConnectError} INVALID_REQUEST with every field that breaks a constraint; UNKNOWN_FIELD for what this version does not know: a rule that a newer client
 * asks for must not be dropped in silence.
 */
export function checkRequest(schema: DescMessage, message: Message): void {
  const unknown = unknownField(reflect(schema, message));
  if (unknown !== undefined)
    throw rpcError("UNKNOWN_FIELD", `${unknown}: this server does not know that field, so it cannot honour it.`);
  const result = validator.validate(schema, message);
  if (result.kind === "error") throw result.error;
  if (result.kind === "invalid") throw invalid(result.violations);
}

function invalid(violations: Violation[]): ConnectError {
  const fieldViolations = violations.map(({ field, message, ruleId }) => ({
    field: pathToString(field),
    description: message,
    reason: ruleId,
  }));
  const words = fieldViolations.map(({ field, description }) => `${field}: ${description}`).join("; ");
  const error = rpcError("INVALID_REQUEST", words);
  error.details.push({ desc: BadRequestSchema, value: create(BadRequestSchema, { fieldViolations }) });
  const [value, desc] = violationsToProto(violations);
  error.details.push({ desc, value });
  return error;
}

/** Where a message holds a field that its schema does not; undefined if nowhere. */
function unknownField(message: ReflectMessage, path: Path = []): string | undefined {
  const [first] = message.getUnknown() ?? [];
  if (first !== undefined) return `${path.length === 0 ? "" : `${pathToString(path)}.`}field ${first.no}`;
  for (const field of message.fields) {
    if (field.message === undefined || !message.isSet(field)) continue;
    if (field.fieldKind === "message") {
      const found = unknownField(message.get(field), [...path, field]);
      if (found !== undefined) return found;
    } else if (field.fieldKind === "list" && field.listKind === "message") {
      for (const [index, item] of [...message.get(field)].entries()) {
        const found = unknownField(item as ReflectMessage, [...path, field, { kind: "list_sub", index }]);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}
