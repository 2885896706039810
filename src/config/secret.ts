import { readFileSync } from "node:fs";
import { ConfigError } from "./load-config.ts";
import type { Secret } from "./secret-schema.ts";
import { unreadableFile } from "./unreadable-file.ts";

/**
 * Fetches a value from where the configuration says it is.
 *
 * @throws {ConfigError} if it is not there.
 */
export function resolveSecret(
  value: Secret,
  key: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  if (typeof value === "string") return value;
  if ("env" in value) {
    const found = environment[value.env];
    if (found === undefined) throw new ConfigError(`${key}: the environment variable ${value.env} is not set.`);
    return found;
  }
  try {
    return readFileSync(value.file, "utf8").trimEnd();
  } catch (cause) {
    throw unreadableFile(key, value.file, cause);
  }
}
