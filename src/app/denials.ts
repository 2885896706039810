import type { AuditEntry, AuditLog } from "./audit-log.ts";
import type { Clock } from "./clock.ts";

/** How long a window is, in milliseconds. */
export const DENIAL_WINDOW = 60_000;

/** Records in one window: about one actor whose identity is proved, and about all of them together. */
export const MAX_DENIALS = 60;
export const MAX_ALL_DENIALS = 600;

/** Records in one window of calls by nobody valid: from one address, and from all of them together. */
export const MAX_STRANGERS = 10;
export const MAX_ALL_STRANGERS = 60;

/** Actors or addresses that are told apart in one window. */
const MAX_KEYS = 1_000;

/** Of those whose records were suppressed so many are named. */
const MAX_NAMED = 8;

/** A call that was denied. */
export type Denial = AuditEntry & { readonly kind: "authentication" | "authorization"; readonly outcome: "DENIED" };

/** Records denied calls: so many that nobody can fill the disk, nor crowd out what others do. */
export interface Denials {
  tell(denial: Denial): void;
  /** Records how many were suppressed in a window, once it is over, until the signal aborts; then those of the last one. */
  run(signal: AbortSignal): Promise<void>;
}

interface Window {
  readonly begun: number;
  readonly told: Map<string, number>;
  readonly suppressed: Map<string, number>;
  written: number;
}

export function createDenials({ audit, clock }: { readonly audit: AuditLog; readonly clock: Clock }): Denials {
  const known = createBounded("authorization", MAX_DENIALS, MAX_ALL_DENIALS);
  const strangers = createBounded("authentication", MAX_STRANGERS, MAX_ALL_STRANGERS);
  return {
    tell(denial) {
      const { actor, remoteAddress } = denial;
      if (actor === undefined) strangers.tell(denial, remoteAddress ?? "");
      else known.tell(denial, `${actor.type.toLowerCase()}:${actor.id}`);
    },
    async run(signal) {
      while (!signal.aborted) {
        await clock.sleep(DENIAL_WINDOW, signal);
        for (const each of [known, strangers]) each.end();
      }
    },
  };

  function createBounded(kind: Denial["kind"], most: number, mostOfAll: number) {
    let window = newWindow();
    return {
      tell(denial: Denial, given: string): void {
        const now = clock.now();
        if (now < window.begun || now >= window.begun + DENIAL_WINDOW) this.end();
        const key = window.told.has(given) || window.told.size < MAX_KEYS ? given : "others";
        const told = window.told.get(key) ?? 0;
        if (told >= most || window.written >= mostOfAll) {
          window.suppressed.set(key, (window.suppressed.get(key) ?? 0) + 1);
          return;
        }
        window.told.set(key, told + 1);
        window.written += 1;
        audit.note(denial);
      },
      end(): void {
        const { begun, suppressed } = window;
        window = newWindow();
        if (suppressed.size === 0) return;
        const worst = [...suppressed].toSorted(([, a], [, b]) => b - a);
        const count = worst.reduce((sum, [, each]) => sum + each, 0);
        const named = worst.slice(0, MAX_NAMED).map(([key, each]) => `${key.slice(0, 100)} ${each}`);
        const rest = worst.length > MAX_NAMED ? [`${worst.length - MAX_NAMED} more`] : [];
        const details = {
          suppressed: `${count}`,
          since: new Date(begun).toISOString(),
          by: [...named, ...rest].join(", "),
        };
        audit.note({ kind, outcome: "DENIED", reason: "SUPPRESSED", details });
      },
    };
  }

  function newWindow(): Window {
    return { begun: clock.now(), told: new Map(), suppressed: new Map(), written: 0 };
  }
}
