/** How many connections there may be. */
export interface SlotSettings {
  readonly max: number;
  readonly maxPerAddress: number;
}

/**
 * Counts connections, in all and from each network.
 *
 * @returns takes a slot and gives what to call once the connection is closed; undefined if there is none left.
 */
export function createConnectionSlots(settings: () => SlotSettings): (network: string) => (() => void) | undefined {
  const taken = new Map<string, number>();
  let all = 0;
  return (network) => {
    const { max, maxPerAddress } = settings();
    const own = taken.get(network) ?? 0;
    if (all >= max || own >= maxPerAddress) return undefined;
    all += 1;
    taken.set(network, own + 1);
    return () => {
      all -= 1;
      const left = (taken.get(network) ?? 1) - 1;
      if (left > 0) taken.set(network, left);
      else taken.delete(network);
    };
  };
}
