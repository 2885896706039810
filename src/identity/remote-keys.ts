import type { LocalJWKSet } from "jose";
import type { Clock } from "../app/clock.ts";
import type { Log } from "../app/log.ts";
import { Refused } from "../app/refused.ts";
import { type KeySource, MAX_KEY_SET_BYTES, parseKeySet } from "./key-source.ts";

/** How long the issuer may take to give its keys out, in milliseconds. */
export const FETCH_WITHIN = 3_000;

/** After a failure, while there are no keys to go on with: how long until the issuer is asked again, in milliseconds. */
export const ASK_AGAIN_AFTER = 5_000;

export interface RemoteKeysOptions {
  readonly url: string;
  readonly clock: Pick<Clock, "uptime">;
  readonly log: Log;
  /** Age at which keys are fetched anew, in milliseconds. */
  readonly refreshAfter: number;
  /** Age beyond which keys are not relied on any more, in milliseconds. */
  readonly reliedOnFor: number;
  /** At most one fetch in so many milliseconds for keys that are not known, whoever asks for how many. */
  readonly cooldown: number;
  readonly fetchText?: (url: string) => Promise<string>;
}

/**
 * An issuer's keys by URL. They are fetched anew as they grow old, and when a token names one that is not among them; all who wait share one fetch. While the
 * issuer is out of reach the last ones hold, for a limited time; then nobody gets in.
 */
export function createRemoteKeys(options: RemoteKeysOptions): KeySource {
  const { url, clock, log, refreshAfter, reliedOnFor, cooldown, fetchText = fetchKeySet } = options;
  let known: { readonly keys: LocalJWKSet; readonly fetchedAt: number } | undefined;
  let notBefore = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | undefined;

  return {
    async current() {
      const isDue = known === undefined || ageOf(known) >= refreshAfter;
      if (isDue) await refresh();
      if (known !== undefined && ageOf(known) < reliedOnFor) return known.keys;
      throw new Refused(
        "IDENTITY_UNAVAILABLE",
        "The keys of the token's issuer are out of reach, so nobody can say whether it is valid.",
      );
    },
    async newer(than) {
      if (known?.keys === than) await refresh();
      return known === undefined || known.keys === than ? undefined : known.keys;
    },
  };

  function ageOf({ fetchedAt }: { readonly fetchedAt: number }): number {
    return clock.uptime() - fetchedAt;
  }

  /** Fetches the keys, unless it is too early. Never rejects. */
  async function refresh(): Promise<void> {
    if (underWay === undefined && clock.uptime() < notBefore) return;
    underWay ??= attempt().finally(() => {
      underWay = undefined;
    });
    await underWay;
  }

  async function attempt(): Promise<void> {
    const begunAt = clock.uptime();
    try {
      const keys = parseKeySet(await fetchText(url));
      known = { keys, fetchedAt: begunAt };
      notBefore = begunAt + cooldown;
    } catch (error) {
      const isUsable = known !== undefined && ageOf(known) < reliedOnFor;
      notBefore = clock.uptime() + (isUsable ? cooldown : Math.min(cooldown, ASK_AGAIN_AFTER));
      log.warn(
        { from: withoutSecrets(url), problem: problemOf(error), isUsable },
        "the keys of an issuer cannot be fetched",
      );
    }
  }
}

/** A query may hold a key. */
function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** The library says "fetch failed", and why only beneath. */
function problemOf(error: unknown): string {
  const { message, cause } = error as Error;
  if (!(cause instanceof Error) || cause.message === "") return message;
  const isUntrusted = /CERT|SIGNATURE/.test(String((cause as NodeJS.ErrnoException).code));
  const hint = isUntrusted ? " (an authority of your own goes into the environment variable NODE_EXTRA_CA_CERTS)" : "";
  return `${message}: ${cause.message}${hint}`;
}

/** Follows no redirect: where keys come from is for the configuration to say. */
async function fetchKeySet(url: string): Promise<string> {
  const signal = AbortSignal.timeout(FETCH_WITHIN);
  const response = await fetch(url, { signal, redirect: "manual", headers: { accept: "application/json" } });
  try {
    if (response.status !== 200) throw new Error(`the answer is HTTP ${response.status}`);
    let size = 0;
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > MAX_KEY_SET_BYTES) throw new Error(`it has more than ${MAX_KEY_SET_BYTES} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    await response.body?.cancel().catch(() => undefined);
  }
}
