/** Strings, and what gives a JSON text its shape. */
const TOKENS = /"(?:[^"\\]+|\\.)*"|[{}[\],]/g;

/**
 * Why the arguments of a call can be read in more than one way, or in none; undefined: they cannot. Of a name that stands twice in an object some parsers take the
 * first value and some the last (RFC 8259, section 4): an approver could be shown one, and the adapter do the other.
 */
export function problemInArguments(text: string): string | undefined {
  if (text === "") return undefined;
  try {
    JSON.parse(text);
  } catch {
    return "this is not one JSON value.";
  }
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
      if (names?.has(name) === true) return `the name ${token} stands more than once in an object.`;
      names?.add(name);
    }
    mayBeName = token === "{" || token === ",";
  }
  return undefined;
}
