import type { Config } from "./schema.ts";

export interface ChangedKeys {
  /** Keys such as `auth.tokens`, by name alone: values may be secrets. */
  readonly inForce: readonly string[];
  readonly afterRestart: readonly string[];
}

/** The keys whose values are not the same in two configurations, by whether a reload puts them into force. */
export function changedKeys(before: Config, after: Config): ChangedKeys {
  const afterRestart = differing(whatStays(before), whatStays(after));
  return { inForce: differing(before, after).filter((key) => !afterRestart.includes(key)), afterRestart };
}

const RELOADED: ReadonlySet<string> = new Set([
  "authorization",
  "separationOfDuties",
  "guardrails",
  "breakGlass",
  "cors",
] satisfies (keyof Config)[]);

/** What a server keeps until it is started again; docs/security.md says so in words. */
function whatStays(config: Config): object {
  const { auth, tls, limits, routers } = config;
  const kept = Object.entries(config).filter(([section]) => !RELOADED.has(section));
  const { maxMessageBytes, maxStreamsPerConnection, connections } = limits;
  const { handshakeSeconds, headerSeconds } = connections;
  return {
    ...Object.fromEntries(kept),
    auth: { mtls: auth.mtls !== undefined },
    tls: tls !== undefined,
    limits: { maxMessageBytes, maxStreamsPerConnection, connections: { handshakeSeconds, headerSeconds } },
    routers: routers.map(({ name, url, adapters }) => ({ name, url, adapters })),
  };
}

/** The keys whose values are not the same: two levels deep, as the file's sections are. */
function differing(before: object, after: object): readonly string[] {
  return Object.keys({ ...before, ...after }).flatMap((section) => {
    const [old, next] = [(before as Section)[section], (after as Section)[section]];
    if (isSame(old, next)) return [];
    if (!isSection(old) || !isSection(next)) return [section];
    return Object.keys({ ...old, ...next })
      .filter((key) => !isSame(old[key], next[key]))
      .map((key) => `${section}.${key}`);
  });
}

type Section = Readonly<Record<string, unknown>>;

function isSection(value: unknown): value is Section {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
