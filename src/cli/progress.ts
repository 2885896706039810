/** Lines about work that takes a while, one every so many milliseconds at most. */
export function createProgress(
  note: (line: string) => void,
  { every, now }: { readonly every: number; readonly now: () => number },
): (words: () => string) => void {
  let told = now();
  return (words) => {
    if (now() - told < every) return;
    told = now();
    note(words());
  };
}
