/** Where the store is and who we are there. */
export interface Connection {
  /** The connection string without its credentials: safe to print. */
  readonly address: string;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
}

/** The connection string is of no use. The message says what is wrong and never what stood there. */
export class InvalidConnection extends Error {
  override readonly name = "InvalidConnection";
}

/** Options that are the operator's to set, by what the client calls them. */
const OPTIONS = [
  "tls",
  "tlsCAFile",
  "userCertFile",
  "userKeyFile",
  "nodePreference",
  "maxDiscoverAttempts",
  "discoveryInterval",
  "gossipTimeout",
  "keepAliveInterval",
  "keepAliveTimeout",
  "connectionName",
] as const;

/**
 * Takes a connection string apart.
 *
 * The credentials never reach the client's own parser: it prints the whole string when it finds fault with it.
 *
 * @throws {InvalidConnection}
 */
export function parseConnection(text: string): Connection {
  const [, scheme, rest] = /^(esdb(?:\+discover)?:\/\/)(.+)$/s.exec(text.trim()) ?? [];
  if (scheme === undefined || rest === undefined)
    throw new InvalidConnection("it begins with esdb:// (hosts by name) or esdb+discover:// (a cluster by DNS)");
  // A password that holds an @ has it as %40: whatever stands before the last one is credentials.
  const at = rest.lastIndexOf("@");
  const [hosts = "", query, ...more] = rest.slice(at + 1).split("?");
  if (!/^[^\s,/:?#]+(:[0-9]{1,5})?(,[^\s,/:?#]+(:[0-9]{1,5})?)*\/?$/.test(hosts) || more.length > 0)
    throw new InvalidConnection("after the credentials come hosts, such as node1:2113,node2:2113, and then ?options");
  const options = query === undefined ? [] : query.split("&");
  for (const option of options) checkOption(option);
  const isPlain = options.some((option) => /^tls=false$/i.test(option));
  if (!isPlain && hosts.split(",").some((host) => /^[0-9.]+(:|\/|$)/.test(host)))
    throw new InvalidConnection("over TLS a host goes by its name: Node takes no address for that");
  return {
    address: `${scheme}${hosts.replace(/\/$/, "")}${options.length === 0 ? "" : `?${options.join("&")}`}`,
    credentials: at < 0 ? undefined : parseCredentials(rest.slice(0, at)),
  };
}

function parseCredentials(text: string): NonNullable<Connection["credentials"]> {
  const colon = text.indexOf(":");
  if (colon < 1 || colon === text.length - 1)
    throw new InvalidConnection("credentials are user:password@, both of them percent-encoded");
  try {
    return {
      username: decodeURIComponent(text.slice(0, colon)),
      password: decodeURIComponent(text.slice(colon + 1)),
    };
  } catch (cause) {
    throw new InvalidConnection("the credentials are not well percent-encoded", { cause });
  }
}

function checkOption(option: string): void {
  const [key = "", value] = option.split("=");
  if (!OPTIONS.some((known) => flat(known) === flat(key)))
    throw new InvalidConnection(`it knows the options ${OPTIONS.join(", ")} and no other`);
  if (value === undefined || value === "") throw new InvalidConnection(`the option ${key} has no value`);
}

/** The client takes an option in any case, with any dashes. */
function flat(key: string): string {
  return key.toLowerCase().replaceAll(/[_-]/g, "");
}
