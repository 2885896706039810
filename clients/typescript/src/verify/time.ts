const FORM = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/;

/** The moment in milliseconds since 1970 that a time of docs/audit-package.md names, or nothing if it is none. */
export function moment(text: string): number | undefined {
  const match = FORM.exec(text);
  if (match === null || match[1] === ".000") return undefined;
  const full = match[1] === undefined ? text.replace("Z", ".000Z") : text;
  const milliseconds = Date.parse(full);
  // Date.parse rolls a date over that does not exist, such as February 30, and takes 24:00: only what comes back as it was did exist.
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === full ? milliseconds : undefined;
}
