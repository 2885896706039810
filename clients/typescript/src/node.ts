import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { type AttestClient, createAttestClient, SILENCE, TIMEOUT } from "./client.js";
import { checkAddress, type Identity, identify } from "./identity.js";
import { insist } from "./retry.js";
import { Sessions } from "./sessions.js";

/** Packages are up to 64 MiB. */
const MAX_MESSAGE = 90 * 1024 * 1024;

export interface NodeOptions extends Identity {
  /** Holds a bearer token; it is read anew for each call. */
  readonly tokenFile?: string | undefined;
  /** A client certificate and its key, PEM. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** The authorities that the server's certificate is checked by, PEM; default: Node's. */
  readonly caFile?: string | undefined;
  /** Allows http:// to other machines than this one. */
  readonly plaintext?: boolean | undefined;
  /** How long a call may take, all its tries together, in milliseconds. */
  readonly timeout?: number | undefined;
  /** After how many milliseconds without a message a watch takes its connection for dead. */
  readonly silence?: number | undefined;
}

/** Connects over gRPC to `https://host:port`, or to `http://host:port` on this machine. Connections are made when they are needed, and closed when idle. */
export function connect(address: string, options: NodeOptions = {}): AttestClient {
  const { tokenFile, certFile, keyFile, caFile, plaintext = false, timeout = TIMEOUT, silence = SILENCE } = options;
  const { protocol, origin } = checkAddress(address, plaintext);
  if ((certFile === undefined) !== (keyFile === undefined)) throw new TypeError("certFile and keyFile belong together");
  if (protocol === "http:" && (caFile ?? certFile) !== undefined)
    throw new TypeError(`address: ${address} is without TLS, so caFile and certFile would go unheard`);
  const identities = [options.token, tokenFile, options.developmentActor, certFile];
  if (identities.filter((given) => given !== undefined).length > 1)
    throw new TypeError("one identity: token, tokenFile, certFile or developmentActor");
  const token = tokenFile === undefined ? options.token : async () => await readFile(tokenFile, "utf8");
  // A connection that has died without a word is found out before a watch would miss its heartbeats.
  const pings = { pingIntervalMs: Math.min(20_000, silence / 2), pingTimeoutMs: Math.min(10_000, silence / 2) };
  const sessions = new Sessions(origin, pings, read({ caFile, certFile, keyFile }));
  const transport = createGrpcTransport({
    baseUrl: origin,
    interceptors: [insist, identify({ ...options, token })],
    defaultTimeoutMs: timeout,
    sessionManager: sessions,
    readMaxBytes: MAX_MESSAGE,
    writeMaxBytes: MAX_MESSAGE,
  });
  return createAttestClient(transport, silence);
}

/** What the files hold, once it is sure that TLS can use it: a transport says otherwise at the first call, without naming the file. */
function read({ caFile, certFile, keyFile }: Pick<NodeOptions, "caFile" | "certFile" | "keyFile">) {
  const pem = {
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
    ...(certFile === undefined ? {} : { cert: readFileSync(certFile) }),
    ...(keyFile === undefined ? {} : { key: readFileSync(keyFile) }),
  };
  if (pem.ca?.includes("-----BEGIN CERTIFICATE-----") === false)
    throw new TypeError(`caFile: ${caFile} holds no certificate in PEM`);
  try {
    createSecureContext(pem);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`certFile, keyFile: ${certFile} and ${keyFile} are no certificate and its key in PEM: ${why}`, {
      cause,
    });
  }
  return pem;
}
