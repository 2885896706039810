import { createHash, randomBytes } from "node:crypto";

/** By this prefix scanners of source code find a token that leaked. */
const PREFIX = "nxa_";

/** How much chance is in a token, in bytes: enough that a plain hash of it cannot be turned round. */
const RANDOM_BYTES = 32;

const FORM = new RegExp(`^${PREFIX}[A-Za-z0-9_-]{${Math.ceil((RANDOM_BYTES * 4) / 3)}}$`);

export function newServiceToken(): string {
  return `${PREFIX}${randomBytes(RANDOM_BYTES).toString("base64url")}`;
}

/** Whether a token claims to be a service's. */
export function isServiceToken(token: string): boolean {
  return token.startsWith(PREFIX);
}

/** What the configuration keeps of a token. Undefined for a text that no token can be: the hash of a short secret would be guessed. */
export function hashOfServiceToken(token: string): string | undefined {
  return FORM.test(token) ? `sha256:${createHash("sha256").update(token).digest("hex")}` : undefined;
}
