import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

/** The first certificate of a PEM text; undefined if it does not begin with one. */
export function certificateIn(text: string): X509Certificate | undefined {
  return parsed(() => new X509Certificate(text));
}

/** The private key in a PEM text; undefined if there is none, or one with a passphrase. */
export function privateKeyIn(text: string): KeyObject | undefined {
  return parsed(() => createPrivateKey(text));
}

/** OpenSSL's words name no file, so whoever knows it says what is wrong. */
function parsed<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
