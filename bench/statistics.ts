/** The middle value, and how far the values lie apart. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: percentile(values, 0.5), least: percentile(values, 0), most: percentile(values, 1) };
}

/** The value that a share of all values does not exceed (nearest rank). */
export function percentile(values: ArrayLike<number> & Iterable<number>, share: number): number {
  const ordered = Float64Array.from(values).toSorted();
  return ordered[Math.max(0, Math.ceil(share * ordered.length) - 1)] ?? Number.NaN;
}
