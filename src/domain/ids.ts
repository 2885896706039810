/** 32 lower-case hexadecimal digits. */
export type DecisionId = string & { readonly __brand: "DecisionId" };

/** Of foreign evidence: 32 lower-case hexadecimal digits, of which no command knows. */
export type ImportId = string & { readonly __brand: "ImportId" };

/** `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = string & { readonly __brand: "Digest" };

/** A moment: milliseconds since 1970-01-01T00:00:00Z, whole. */
export type Instant = number;
