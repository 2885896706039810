/**
 * What a pattern's `*` stands for in a text; the empty text if it has none and is that text; undefined if they do not match. A pattern has one `*` at most,
 * which stands for one or more characters other than `/` and `@`, so that it never reaches into another domain or another folder.
 */
export function matchPattern(pattern: string, text: string): string | undefined {
  const [before = "", after] = pattern.split("*");
  if (after === undefined) return pattern === text ? "" : undefined;
  if (text.length <= before.length + after.length || !text.startsWith(before) || !text.endsWith(after))
    return undefined;
  const middle = text.slice(before.length, text.length - after.length);
  return /^[^/@*]+$/.test(middle) ? middle : undefined;
}
