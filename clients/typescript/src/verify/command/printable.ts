const NOT_PRINTED = /[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu;

/** Shows control characters and those that change the direction of writing, so that no package can rewrite what its reader sees. */
export function printable(text: string): string {
  return text.replace(NOT_PRINTED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
