import { stringify } from "yaml";
import { hideCredentials } from "./hide-credentials.ts";
import type { LoadedConfig } from "./load-config.ts";
import type { Config } from "./schema.ts";

/** The effective configuration as YAML; a comment says where a key was set. Values of headers and environment variables are not shown, nor are credentials. */
export function printConfig({ config, sources }: LoadedConfig): string {
  const lines = stringify(withSecretsHidden(config), { lineWidth: 0 }).split("\n");
  let section = "";
  return lines
    .map((line) => {
      const [, indent, key] = /^( *)([A-Za-z]+):/.exec(line) ?? [];
      if (key === undefined) return line;
      if (indent === "") section = key;
      const path = indent === "" ? key : `${section}.${key}`;
      const source = sources.get(path);
      return source === undefined ? line : `${line} # ${source}`;
    })
    .map(hideCredentials)
    .join("\n");
}

/** A configuration without the values that may be secrets; the URLs of others may still hold credentials. */
export function withSecretsHidden(config: Config) {
  const store = typeof config.store === "string" ? config.store.replace(/:\/\/.*@/s, "://(hidden)@") : config.store;
  return { ...config, store, adapters: config.adapters.map(withoutSecrets) };
}

function withoutSecrets(adapter: LoadedConfig["config"]["adapters"][number]) {
  return adapter.kind === "http"
    ? { ...adapter, headers: hidden(adapter.headers) }
    : { ...adapter, env: hidden(adapter.env) };
}

/** A reference to a secret may be shown, a value may not. */
function hidden(values: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? "(hidden)" : value]),
  );
}
