/** Strings, and what gives a JSON text its shape. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g;

/**
 * The first name, as it is written, that stands twice in an object of a JSON text: of these some parsers take the first value and some the last (RFC 8259, section 4).
 *
 * @param text which has been parsed: of what is no JSON it says nothing.
 */
export function repeatedNameIn(text: string): string | undefined {
  /** The names in each object around the place that is looked at; an array has none. */
  const around: (Set<string> | undefined)[] = [];
  let mayBeName = false;
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === "{") around.push(new Set());
    else if (token === "[") around.push(undefined);
    else if (token === "}" || token === "]") around.pop();
    else if (token !== "," && mayBeName) {
      const names = around.at(-1);
      const name = JSON.parse(token) as string;
      if (names?.has(name) === true) return token;
      names?.add(name);
    }
    mayBeName = token === "{" || token === ",";
  }
  return undefined;
}
