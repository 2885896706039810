/** An adapter of the local router, as the configuration describes it; times in milliseconds, secrets resolved. */
export type LocalAdapter = SubprocessAdapterConfig | HttpAdapterConfig;

interface AdapterBase {
  readonly id: string;
  readonly capabilities: readonly string[];
  readonly description: string;
  /** How long one step may take. */
  readonly timeout: number;
  /** How much one step may answer. */
  readonly maxOutputBytes: number;
}

export interface SubprocessAdapterConfig extends AdapterBase {
  readonly kind: "subprocess";
  /** The program and its first arguments. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string | undefined;
  /** Besides PATH; nothing else is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** If given, a DRY_RUN calls the program with these added; else it is simulated. */
  readonly dryRunArguments: readonly string[] | undefined;
  /** Between SIGTERM and SIGKILL. */
  readonly terminateGrace: number;
}

export interface HttpAdapterConfig extends AdapterBase {
  readonly kind: "http";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Addresses and networks that the name in the URL may stand for, although names must not as a rule. */
  readonly allowedAddresses: readonly string[];
}
