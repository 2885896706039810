import { canonicalForm, type Given } from "./canonical.js";
import { isObject, type Json } from "./json.js";
import type { Field, Shape } from "./schema.js";

/** Whether every known field of two messages is the same, one that is absent being its default. */
export function sameKnown<M extends Extract<Field, { readonly kind: "message" }>>(
  message: M,
  one: Shape<M>,
  other: Shape<M>,
): boolean {
  return canonicalForm(known(message, one as Json)) === canonicalForm(known(message, other as Json));
}

/** What is known of a value, without defaults. */
function known(field: Field, value: Json): Given {
  if (field.kind === "list") return (value as readonly Json[]).map((element) => known(field.of, element));
  if (field.kind !== "message" || !isObject(value)) return value;
  const members = Object.entries(field.fields).map(([name, type]): [string, Given | undefined] => {
    const member = value[name];
    return [name, member === undefined || isDefault(member) ? undefined : known(type, member)];
  });
  return Object.fromEntries(members);
}

function isDefault(value: Json): boolean {
  return value === "" || value === 0 || value === false || (Array.isArray(value) && value.length === 0);
}
