/** What a file holds around its events: the text before the first, between each two, and after the last. */
export type ForeignFrame = readonly string[];

/** Cuts the texts of events out of the file that they stand in, in order. */
export function frameOf(file: string, events: readonly string[]): ForeignFrame {
  const frame: string[] = [];
  let at = 0;
  for (const text of events) {
    const found = file.indexOf(text, at);
    if (found < 0) throw new TypeError("an event does not stand in its file");
    frame.push(file.slice(at, found));
    at = found + text.length;
  }
  return [...frame, file.slice(at)];
}

/** Puts them back: the file, to the byte. */
export function inFrame(frame: ForeignFrame, events: readonly string[]): string {
  return frame.map((text, index) => text + (events[index] ?? "")).join("");
}
