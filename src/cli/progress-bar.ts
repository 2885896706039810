/** A line on a terminal that tells how far long work is, written over and over. */
export interface ProgressBar {
  /** So many of so many are done; the number of all may be unknown. */
  show(done: number, total: number | undefined): void;
  /** Takes the line away, for something else to be written. */
  clear(): void;
}

const CELLS = 24;

/** To the beginning of the line, and nothing on it. */
const CLEAR = "\r\u001b[2K";

/** A bar that is written every so many milliseconds at most. */
export function createProgressBar(
  write: (text: string) => void,
  what: string,
  { every, now }: { readonly every: number; readonly now: () => number },
): ProgressBar {
  const began = now();
  let told = began;
  let isShown = false;
  return {
    show(done, total) {
      const at = now();
      if (at - told < every) return;
      told = at;
      isShown = true;
      const speed = Math.round((done * 1000) / (at - began));
      write(`${CLEAR}${barOf(done, total)} ${what}, ${grouped(speed)} a second`);
    },
    clear() {
      if (isShown) write(CLEAR);
      isShown = false;
    },
  };
}

function barOf(done: number, total: number | undefined): string {
  if (total === undefined || total === 0) return grouped(done);
  const share = Math.min(1, done / total);
  const full = Math.floor(share * CELLS);
  const percent = `${Math.floor(share * 100)}`.padStart(3);
  return `[${"#".repeat(full)}${"-".repeat(CELLS - full)}] ${percent} %  ${grouped(done)} of ${grouped(total)}`;
}

function grouped(number: number): string {
  return number.toLocaleString("en-US");
}
