import { repeatedNameIn } from "../domain/repeated-name.ts";

/**
 * Why a signed JWT can be read in more than one way; undefined: it cannot. Of a claim that stands twice, parsers may take the last (RFC 7519, section 4), and many take the first:
 * a gateway, or the issuer itself, could believe another one than this server. So it is with what base64url allows to be written in several ways, and with bytes before the JSON.
 *
 * @param token whose claims have been decoded: of what is no JWT it says nothing.
 */
export function ambiguityIn(token: string): string | undefined {
  const parts = token.split(".");
  // Decoders leave out padding and bits that stand for nothing.
  if (parts.some((part) => Buffer.from(part, "base64url").toString("base64url") !== part))
    return "it is not written in the one form of base64url";
  const texts = parts.slice(0, 2).map((part) => Buffer.from(part, "base64url").toString("utf8"));
  if (texts.some((text) => text.startsWith("\ufeff"))) return "something stands before its JSON";
  const [header] = texts.map(parsed);
  // The library has read the claims only.
  if (header === undefined) return undefined;
  if (texts.some((text) => repeatedNameIn(text) !== undefined)) return "a name stands twice in its JSON";
  // Whoever knows RFC 7797 reads other claims, although section 7 has none of it in a JWT, and section 6 wants it to be critical.
  if (Object(header).b64 === false) return "its claims may be encoded, or not (b64)";
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
