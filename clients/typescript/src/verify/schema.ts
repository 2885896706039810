/** What a field may hold: the rows of docs/audit-package.md, "ProtoJSON". */
export type Type =
  | { readonly kind: "text" | "number" | "flag" | "time" | "bytes" }
  | { readonly kind: "name"; readonly names: readonly string[] }
  | { readonly kind: "list"; readonly of: Type }
  | { readonly kind: "message"; readonly fields: Fields };

export type Field = Type & {
  /** An event without it cannot be read. */
  readonly required?: true;
  /** 0 and `false` may be written out: absent means that nothing was said. */
  readonly optional?: true;
  /** A list of labels in order of their `key`. */
  readonly inOrderOfKey?: true;
};
export type Fields = { readonly [name: string]: Field };

/** What has the JSON types of a message's fields. Whatever else it holds is in the JSON, and no part of this type. */
export type Shape<M extends { readonly fields: Fields }> = {
  readonly [N in keyof M["fields"]]?: Value<M["fields"][N]>;
};
export type Value<T> = T extends { readonly kind: "text" | "time" | "bytes" }
  ? string
  : T extends { readonly kind: "number" }
    ? number
    : T extends { readonly kind: "flag" }
      ? boolean
      : T extends { readonly kind: "name"; readonly names: readonly (infer N)[] }
        ? N
        : T extends { readonly kind: "list"; readonly of: infer E }
          ? readonly Value<E>[]
          : T extends { readonly fields: Fields }
            ? Shape<T>
            : never;

export const text = { kind: "text" } as const;
export const number = { kind: "number" } as const;
export const flag = { kind: "flag" } as const;
export const time = { kind: "time" } as const;
export const bytes = { kind: "bytes" } as const;

export function name<const N extends string>(...names: readonly N[]) {
  return { kind: "name", names } as const;
}

export function list<const T extends Type>(of: T) {
  return { kind: "list", of } as const;
}

export function message<const F extends Fields>(fields: F) {
  return { kind: "message", fields } as const;
}

export function required<const T extends Type>(type: T): T & { readonly required: true } {
  return { ...type, required: true };
}

export function optional<const T extends Type>(type: T): T & { readonly optional: true } {
  return { ...type, optional: true };
}

export function inOrderOfKey<const T extends Type>(type: T): T & { readonly inOrderOfKey: true } {
  return { ...type, inOrderOfKey: true };
}
