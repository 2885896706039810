import { repeatedNameIn } from "./repeated-name.ts";

/**
 * Why the arguments of a call can be read in more than one way, or in none; undefined: they cannot. Where a name stands twice in an object, an approver could be shown one
 * value, and the adapter take the other.
 */
export function problemInArguments(text: string): string | undefined {
  if (text === "") return undefined;
  try {
    JSON.parse(text);
  } catch {
    return "this is not one JSON value.";
  }
  const name = repeatedNameIn(text);
  return name === undefined ? undefined : `the name ${name} stands more than once in an object.`;
}
