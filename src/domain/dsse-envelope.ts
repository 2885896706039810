/** A signed statement, as it came: the rules of a decision carry it, src/evidence judges it. */
export interface DsseEnvelope {
  readonly payload: Uint8Array;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: Uint8Array }[];
}
