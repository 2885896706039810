import { createConnectTransport } from "@connectrpc/connect-web";
import { type AttestClient, createAttestClient, TIMEOUT } from "./client.js";
import { checkAddress, type Identity, identify } from "./identity.js";
import { insist } from "./retry.js";

export interface WebOptions extends Identity {
  /** Allows http:// to other machines than this one. */
  readonly plaintext?: boolean | undefined;
  /** How long a call may take, all its tries together, in milliseconds. */
  readonly timeout?: number | undefined;
  /** After how many milliseconds without a message a watch takes its connection for dead. */
  readonly silence?: number | undefined;
}

/** Connects over the Connect protocol, by fetch: for browsers, and wherever else there is fetch. */
export function connect(address: string, options: WebOptions = {}): AttestClient {
  const { plaintext = false, timeout = TIMEOUT, silence } = options;
  const { origin } = checkAddress(address, plaintext);
  const transport = createConnectTransport({
    baseUrl: origin,
    interceptors: [insist, identify(options)],
    defaultTimeoutMs: timeout,
    useBinaryFormat: true,
  });
  return createAttestClient(transport, silence);
}
