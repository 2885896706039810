import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { hideCredentials } from "./hide-credentials.ts";
import { type Config, configSchema } from "./schema.ts";

/** The configuration is wrong. The message names the key, what it got and what it wants. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Values from flags; undefined ones leave the rest as it is. */
export interface Overrides {
  readonly listen?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly store?: string | undefined;
  readonly logLevel?: string | undefined;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Where a key was set other than by default: the file, an environment variable or a flag, by dotted key. */
  readonly sources: ReadonlyMap<string, string>;
}

/** The environment variables and the keys that they set. */
export const ENVIRONMENT = {
  NEXUS_ATTEST_LISTEN: "listen",
  NEXUS_ATTEST_DATA_DIR: "dataDir",
  NEXUS_ATTEST_STORE: "store",
  NEXUS_ATTEST_LOG_LEVEL: "log.level",
} as const;

/**
 * The configuration: the file (none is needed), over it the environment, over that the flags.
 *
 * @throws {ConfigError}
 */
export function loadConfig(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  flags: Overrides = {},
): LoadedConfig {
  const { value, lineOf } = file === undefined ? { value: {}, lineOf: () => undefined } : readFile(file);
  const sources = new Map<string, string>(Object.keys(value).map((key) => [key, `file ${file}`]));
  const layered = structuredClone(value);
  for (const [variable, key] of Object.entries(ENVIRONMENT)) set(key, environment[variable], `environment ${variable}`);
  set("listen", flags.listen, "flag --listen");
  set("dataDir", flags.dataDir, "flag --data-dir");
  assertNoSecret(flags.store);
  set("store", flags.store, "flag --store");
  set("log.level", flags.logLevel, "flag --log-level");

  const parsed = configSchema.safeParse(layered);
  if (!parsed.success) throw new ConfigError(describe(parsed.error.issues, layered, sources, lineOf));
  return { config: parsed.data, sources };

  function set(key: string, given: string | undefined, source: string): void {
    if (given === undefined) return;
    const path = key.split(".");
    let object: Record<string, unknown> = layered;
    for (const part of path.slice(0, -1)) {
      const inner = object[part];
      object = object[part] = typeof inner === "object" && inner !== null ? { ...inner } : {};
    }
    object[path.at(-1) ?? key] = given;
    sources.set(key, source);
  }
}

/** Everybody on a machine can read the arguments of its programs. */
function assertNoSecret(store: string | undefined): void {
  if (store?.includes("@") !== true) return;
  throw new ConfigError(
    "store (flag --store): credentials on a command line can be read by everybody on the machine: " +
      "set NEXUS_ATTEST_STORE, or name a file that holds the connection string in the configuration, as store: {file: PATH}.",
  );
}

function readFile(file: string) {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError(`The configuration file ${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  const lines = new LineCounter();
  // Without the library's pretty errors: they quote the line, and secrets may stand there.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new ConfigError(`${file}: ${error.message} at line ${line}, column ${col}`, { cause: error });
  }
  const value: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ConfigError(`${file}: a configuration is a mapping of keys, such as "listen: 127.0.0.1:7350".`);
  const lineOf = (path: readonly PropertyKey[]): number | undefined => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as { readonly range?: readonly number[] } | undefined;
      if (node?.range?.[0] !== undefined) return lines.linePos(node.range[0]).line;
    }
    return undefined;
  };
  return { value: value as Record<string, unknown>, lineOf };
}

function describe(
  issues: readonly z.core.$ZodIssue[],
  given: unknown,
  sources: ReadonlyMap<string, string>,
  lineOf: (path: readonly PropertyKey[]) => number | undefined,
): string {
  const lines = issues.map((issue) => {
    const path = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path;
    const key = path
      .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
      .join("")
      .replace(/^\./, "");
    const source = sources.get(key) ?? sources.get(String(path[0]));
    const line = source?.startsWith("file") === true ? lineOf(path) : undefined;
    const place = source === undefined ? "" : ` (${source}${line === undefined ? "" : `, line ${line}`})`;
    return issue.code === "unrecognized_keys"
      ? `${key}${place}: there is no such key; docs/configuration.md lists them all.`
      : `${key}${place}: got ${shown(given, path)}, wants ${wanted(issue.message)}.`;
  });
  return `The configuration is wrong:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

/** What docs/configuration.md calls the library's types. */
const TYPES: Readonly<Record<string, string>> = {
  string: "a text, in quotes if it looks like anything else",
  array: "a list, such as [a, b]",
  object: "keys and values",
  record: "keys and values",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

/** The library's words without their frame: the message says already what it got. */
function wanted(message: string): string {
  const words = message.replace(/^Invalid (input|option): (expected )?/, "").replace(/, received .*$/, "");
  return TYPES[words] ?? words;
}

/** What stood there; nothing of what may be a secret. */
function shown(given: unknown, path: readonly PropertyKey[]): string {
  // A token may stand where its hash belongs.
  const isSecret = path[0] === "store" || ["headers", "env", "tokens", "token"].some((key) => path.includes(key));
  if (isSecret) return "something that is not shown";
  let value = given;
  for (const part of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[part];
  return value === undefined ? "nothing" : hideCredentials(JSON.stringify(value));
}
