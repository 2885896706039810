/** The calls of the protocol that can be made to fail. */
export type Call = "append" | "readStream" | "readAll" | "subscribe" | "gossip";

/** What can go wrong with one call. */
export type Fault =
  /** The server takes the request and is never heard of again; nothing is written. */
  | { readonly kind: "no answer" }
  /** The work is done, the answer never comes. */
  | { readonly kind: "answer lost" }
  /** The work is done, then the connection breaks. */
  | { readonly kind: "reset after the work" }
  /** The connection breaks before anything is done, or after so many messages of a stream. */
  | { readonly kind: "reset"; readonly after?: number }
  /** The answer comes when it is let go. */
  | { readonly kind: "late"; readonly until: Promise<unknown> }
  /** A stream ends well after so many messages, as if that were all. */
  | { readonly kind: "clean end"; readonly after: number }
  /** A stream falls silent after so many messages; the connection stays. */
  | { readonly kind: "silence"; readonly after: number }
  /** Each message of a stream waits so many milliseconds. */
  | { readonly kind: "slow"; readonly pause: number }
  | { readonly kind: "not leader"; readonly host: string; readonly port: number | string }
  /** A status of the server's choosing, at once or when it is let go. */
  | {
      readonly kind: "status";
      readonly code: number;
      readonly details: string;
      readonly metadata?: Readonly<Record<string, string>>;
      readonly until?: Promise<unknown>;
    }
  /** In place of the answer, or of a stream's messages: bytes that are no message, or a message that makes no sense. */
  | { readonly kind: "garbage"; readonly bytes: Uint8Array };

/** Faults on command: each strikes one call, in the order given, or all until it is lifted. */
export interface Faults {
  once(call: Call, fault: Fault): void;
  /** Strikes every such call until the returned function is called. */
  always(call: Call, fault: Fault): () => void;
  /** For the double: what strikes this call. */
  take(call: Call): Fault | undefined;
}

export function createFaults(): Faults {
  const queued = new Map<Call, Fault[]>();
  const standing = new Map<Call, Fault>();
  return {
    once(call, fault) {
      queued.set(call, [...(queued.get(call) ?? []), fault]);
    },
    always(call, fault) {
      standing.set(call, fault);
      return () => standing.delete(call);
    },
    take: (call) => queued.get(call)?.shift() ?? standing.get(call),
  };
}
