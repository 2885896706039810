import { repeatedNameIn } from "../domain/repeated-name.ts";

/**
 * Why a signed JWT can be read in more than one way; undefined: it cannot. Of a claim that stands twice, parsers may take the last (RFC 7519, section 4), and many take the first:
 * a gateway, or the issuer itself, could believe another one than this server. So it is with what base64url allows to be written in several ways, and with bytes before the JSON.
 *
 * @param token which has been decoded: of what is no JWT it says nothing.
 */
export function ambiguityIn(token: string): string | undefined {
  const parts = token.split(".");
  // Decoders leave out padding and bits that stand for nothing.
  if (parts.some((part) => Buffer.from(part, "base64url").toString("base64url") !== part))
    return "it is not written in the one form of base64url";
  for (const part of parts.slice(0, 2)) {
    const text = Buffer.from(part, "base64url").toString("utf8");
    if (text.startsWith("\ufeff")) return "something stands before its JSON";
    if (repeatedNameIn(text) !== undefined) return "a name stands twice in its JSON";
  }
  return undefined;
}
