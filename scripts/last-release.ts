import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where each release is kept, in a folder named by its version. */
export const RELEASES = fileURLToPath(new URL("../releases/", import.meta.url));

/** The version of the newest release. */
export function lastRelease(): string {
  const versions = readdirSync(RELEASES).filter((name) => /^\d+\.\d+\.\d+$/.test(name));
  const newest = versions.toSorted(compareVersions).at(-1);
  if (newest === undefined) throw new Error(`there is no release in ${RELEASES}: the checkout is not whole`);
  return newest;
}

/** The schema of a release, as a buf image. */
export function schemaOf(version: string): string {
  return join(RELEASES, version, "schema.binpb");
}

export function compareVersions(one: string, other: string): number {
  const numbers = other.split(".").map(Number);
  const difference = one.split(".").map((number, i) => Number(number) - (numbers[i] ?? 0));
  return difference.find((each) => each !== 0) ?? 0;
}
