import { LRUCache } from "lru-cache";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

/** A call that was denied. */
export interface Denial {
  readonly rpc: string;
  /** Undefined: nobody valid. */
  readonly actor?: string | undefined;
  readonly delegate?: string | undefined;
  readonly decision_id?: string | undefined;
  readonly reason: string;
}

/** Lines about one actor in one window; what is beyond is counted, and told with the next line of a later window. */
export const MAX_DENIALS = 60;

/** How long a window is, in milliseconds. */
export const DENIAL_WINDOW = 60_000;

/** Actors that are told apart; the one heard of longest ago is forgotten first. */
const MAX_ACTORS = 1_000;

interface Window {
  readonly begun: number;
  readonly written: number;
  readonly suppressed: number;
}

/** Writes denied calls into the log, so many of each actor that nobody can fill the disk, nor crowd out what others do. */
export function createDenials({ log, clock }: { readonly log: Log; readonly clock: Clock }): (denial: Denial) => void {
  const windows = new LRUCache<string, Window>({ max: MAX_ACTORS });
  return (denial) => {
    const key = denial.actor ?? "";
    const now = clock.now();
    const known = windows.get(key);
    const isSame = known !== undefined && now >= known.begun && now < known.begun + DENIAL_WINDOW;
    if (isSame && known.written >= MAX_DENIALS) {
      windows.set(key, { ...known, suppressed: known.suppressed + 1 });
      return;
    }
    const suppressed = isSame ? 0 : (known?.suppressed ?? 0);
    windows.set(key, isSame ? { ...known, written: known.written + 1 } : { begun: now, written: 1, suppressed: 0 });
    log.warn({ event: "denied", ...denial, ...(suppressed > 0 ? { suppressed } : {}) }, "denied");
  };
}
