import type { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { problemWithAddress } from "./forbidden-address.ts";

/** The name in an adapter's URL stands for an address that it must not stand for. */
export class AddressForbidden extends Error {
  override readonly name = "AddressForbidden";
}

/** What the name `localhost` says in so many words. */
const LOOPBACK = ["127.0.0.0/8", "::1"] as const;

/**
 * Looks names up for a connection, and gives none whose addresses it must not have. It is the connection's own look-up, so that nothing can be looked up anew
 * between the check and the connecting; and one bad address among several spoils all, because the connection may go on to the next by itself. An address that the
 * URL gives as such is not looked up: it is the operator's explicit word.
 */
export function guardedLookup(allowed: readonly string[], lookup: typeof systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    const mayBe = hostname === "localhost" ? [...allowed, ...LOOPBACK] : allowed;
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      for (const { address } of addresses) {
        const problem = problemWithAddress(address, mayBe);
        if (problem !== undefined)
          return callback(new AddressForbidden(`${hostname} stands for ${address}: ${problem}`), []);
      }
      const [first] = addresses;
      if (options.all === true) callback(null, addresses);
      else if (first !== undefined) callback(null, first.address, first.family);
      else callback(new AddressForbidden(`${hostname} stands for no address`), []);
    });
  };
}
