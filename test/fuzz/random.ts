/** Chance that can be had again: the same seed gives the same numbers on every machine. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** Whether something with this probability happens. */
  chance(probability: number): boolean;
  bytes(count: number): Buffer;
  /** Mostly small, sometimes large: up to `most`. */
  size(most: number): number;
}

/** The chance of one case of a campaign: it can be repeated without the cases before it. (The generator is sfc32.) */
export function randomOf(seed: number, index: number): Random {
  let [a, b, c, d] = [seed | 0, index | 0, 0x9e3779b9 | 0, 1];
  const word = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) word();
  const next = () => word() / 2 ** 32;
  const below = (end: number) => Math.floor(next() * end);
  return {
    next,
    below,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
    chance: (probability) => next() < probability,
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => word() & 0xff)),
    size: (most) => Math.floor(most ** next()),
  };
}
