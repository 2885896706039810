/** JSON as it was given, or an object made of parts of it; a member that is undefined is absent. */
export type Given =
  | null
  | boolean
  | number
  | string
  | readonly Given[]
  | { readonly [name: string]: Given | undefined };

/**
 * The canonical form of a value that has one (RFC 8785). ECMAScript is where its rules come from: JSON.stringify writes strings and numbers as they have to
 * be, and sort() without a comparison orders by UTF-16 code units.
 */
export function canonicalForm(value: Given): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalForm).join(",")}]`;
  const members = Object.keys(value)
    .sort()
    .flatMap((name) => {
      const member = value[name];
      return member === undefined ? [] : [`${JSON.stringify(name)}:${canonicalForm(member)}`];
    });
  return `{${members.join(",")}}`;
}

function isList(value: Given): value is readonly Given[] {
  return Array.isArray(value);
}

/** An object as ProtoJSON writes a message: without the members that are empty or 0. */
export function filled(members: { readonly [name: string]: Given | undefined }): Given {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== "" && value !== 0));
}
