import type { Config } from "./schema.ts";

/** What a reload puts into force; a change of anything else takes a restart. */
const RELOADED: readonly string[] = ["auth", "authorization", "tls", "guardrails", "breakGlass", "separationOfDuties"];

export interface ChangedKeys {
  /** Keys such as `auth.tokens`, by name alone: values may be secrets. */
  readonly inForce: readonly string[];
  readonly afterRestart: readonly string[];
}

/** The keys whose values are not the same in two configurations: two levels deep, as the file's sections are. */
export function changedKeys(before: Config, after: Config): ChangedKeys {
  const all = Object.keys({ ...before, ...after }).flatMap((section) => {
    const [old, next] = [(before as Section)[section], (after as Section)[section]];
    if (isSame(old, next)) return [];
    if (!isSection(old) || !isSection(next)) return [section];
    return Object.keys({ ...old, ...next })
      .filter((key) => !isSame(old[key], next[key]))
      .map((key) => `${section}.${key}`);
  });
  const isReloaded = (key: string) => RELOADED.includes(key.split(".", 1)[0] ?? "");
  return { inForce: all.filter(isReloaded), afterRestart: all.filter((key) => !isReloaded(key)) };
}

type Section = Readonly<Record<string, unknown>>;

function isSection(value: unknown): value is Section {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
