import { validateHeaderValue } from "node:http";
import { ConfigError } from "./config/load-config.ts";
import type { AdapterConfig } from "./config/schema.ts";
import { resolveSecret } from "./config/secret.ts";
import type { Secret } from "./config/secret-schema.ts";
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
      // Else it would be found out by the first step, after all approvals.
      for (const [name, value] of Object.entries(headers)) assertCanBeSent(name, value, `${key}.headers.${name}`);
      const { url, allowedAddresses } = adapter;
      return { ...common, kind: "http", url, headers, allowedAddresses };
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

/** @throws {ConfigError} which does not quote the value: it may be a secret. */
function assertCanBeSent(name: string, value: string, key: string): void {
  try {
    validateHeaderValue(name, value);
  } catch {
    throw new ConfigError(`${key}: the value holds a line break or another character that no header can hold.`);
  }
}

function resolveAll(
  values: Readonly<Record<string, Secret>>,
  key: string,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, resolveSecret(value, `${key}.${name}`, environment)]),
  );
}
