/** What somebody holds besides the file and the format's description, which everybody has. */
export interface Adversary {
  /** They write the store, and the server exports what they wrote, signed. */
  readonly database?: true;
  readonly serverKey?: true;
  readonly routerKey?: true;
  /** Whose private keys they have: frank's, who said yes himself, or those of all who did. */
  readonly approverKeys?: "one" | "all";
}

export const ADVERSARIES = {
  "the file only": {},
  "the database": { database: true },
  "the server's key": { serverKey: true },
  "one approver's key": { approverKeys: "one" },
  "the router's key": { routerKey: true },
  "database + server's key": { database: true, serverKey: true },
  "database + one approver's key": { database: true, approverKeys: "one" },
  "database + router's key": { database: true, routerKey: true },
  "server's key + one approver's key": { serverKey: true, approverKeys: "one" },
  "database + server's key + router's key": { database: true, serverKey: true, routerKey: true },
  "server's key + router's key + one approver's key": { serverKey: true, routerKey: true, approverKeys: "one" },
  "every approver's key": { approverKeys: "all" },
  "every key": { serverKey: true, routerKey: true, approverKeys: "all" },
} as const satisfies Record<string, Adversary>;

export type AdversaryName = keyof typeof ADVERSARIES;
