import { readFileSync } from "node:fs";
import { ConfigError } from "./config/load-config.ts";
import type { AdapterConfig, Secret } from "./config/schema.ts";
import type { LocalAdapter } from "./router/local/adapter-config.ts";

/** The local router's adapters as configured, with secrets fetched from where they are. */
export function localAdapters(
  adapters: readonly AdapterConfig[],
  environment: Readonly<Record<string, string | undefined>>,
): readonly LocalAdapter[] {
  return adapters.map((adapter, index) => {
    const key = `adapters[${index}]`;
    const { id, capabilities, description, maxOutputBytes } = adapter;
    const common = { id, capabilities, description, maxOutputBytes, timeout: adapter.timeoutSeconds * 1000 };
    if (adapter.kind === "http") {
      const headers = resolveAll(adapter.headers, `${key}.headers`, environment);
      return { ...common, kind: "http", url: adapter.url, headers };
    }
    const [program = "", ...rest] = adapter.command;
    return {
      ...common,
      kind: "subprocess",
      command: [program, ...rest],
      cwd: adapter.cwd,
      env: resolveAll(adapter.env, `${key}.env`, environment),
      dryRunArguments: adapter.dryRunArguments,
      terminateGrace: adapter.terminateGraceSeconds * 1000,
    };
  });
}

function resolveAll(
  values: Readonly<Record<string, Secret>>,
  key: string,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, resolve(value, `${key}.${name}`, environment)]),
  );
}

function resolve(value: Secret, key: string, environment: Readonly<Record<string, string | undefined>>): string {
  if (typeof value === "string") return value;
  if ("env" in value) {
    const found = environment[value.env];
    if (found === undefined) throw new ConfigError(`${key}: the environment variable ${value.env} is not set.`);
    return found;
  }
  try {
    return readFileSync(value.file, "utf8").trimEnd();
  } catch (cause) {
    throw new ConfigError(`${key}: the file ${value.file} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, {
      cause,
    });
  }
}
