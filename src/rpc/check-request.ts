import { create, type DescMessage, type Message } from "@bufbuild/protobuf";
import { type Path, pathToString, type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { createValidator, Violation, violationsToProto } from "@bufbuild/protovalidate";
import type { ConnectError } from "@connectrpc/connect";
import { BadRequestSchema } from "../../gen/ts/google/rpc/error_details_pb.ts";
import { MAX_NAMED, rpcError } from "./errors.ts";

const validator = createValidator();

/** No list that the schema bounds may be longer. To look at each item of one that is would cost whatever the caller likes. */
export const LONGEST_LIST = 1_000;

/**
 * Holds a request against the schema.
 *
 * @throws {ConnectError} INVALID_REQUEST with the fields that break a constraint, at most {@link MAX_NAMED}; UNKNOWN_FIELD for what this version does not know: a
 * rule that a newer client asks for must not be dropped in silence.
 */
export function checkRequest(schema: DescMessage, message: Message): void {
  const found = unfit(reflect(schema, message));
  if (found instanceof Violation) throw invalid([found]);
  if (found !== undefined)
    throw rpcError("UNKNOWN_FIELD", `${found}: this server does not know that field, so it cannot honour it.`);
  const result = validator.validate(schema, message);
  if (result.kind === "error") throw result.error;
  if (result.kind === "invalid") throw invalid(result.violations);
}

function invalid(violations: Violation[]): ConnectError {
  const named = violations.slice(0, MAX_NAMED);
  const fieldViolations = named.map(({ field, message, ruleId }) => ({
    field: pathToString(field),
    description: message,
    reason: ruleId,
  }));
  const words = fieldViolations.map(({ field, description }) => `${field}: ${description}`).join("; ");
  const more = violations.length - named.length;
  const error = rpcError("INVALID_REQUEST", more === 0 ? words : `${words}; and ${more} more.`);
  error.details.push({ desc: BadRequestSchema, value: create(BadRequestSchema, { fieldViolations }) });
  const [value, desc] = violationsToProto(named);
  error.details.push({ desc, value });
  return error;
}

/** Where a message holds a field that its schema does not, or the first list that is too long to be looked at; undefined if nowhere. */
function unfit(message: ReflectMessage, path: Path = []): string | Violation | undefined {
  const [first] = message.getUnknown() ?? [];
  if (first !== undefined) return `${path.length === 0 ? "" : `${pathToString(path)}.`}field ${first.no}`;
  for (const field of message.fields) {
    if (field.fieldKind === "list") {
      const list = message.get(field);
      if (list.size > LONGEST_LIST)
        return new Violation(
          `holds ${list.size} items, far too many`,
          "repeated.max_items",
          [...path, field],
          [],
          false,
        );
      if (field.listKind !== "message") continue;
      for (const [index, item] of [...list].entries()) {
        const found = unfit(item as ReflectMessage, [...path, field, { kind: "list_sub", index }]);
        if (found !== undefined) return found;
      }
    } else if (field.fieldKind === "message" && message.isSet(field)) {
      const found = unfit(message.get(field), [...path, field]);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
