const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * How requests in JSON are read: what a server does not understand it must not drop or replace, because somebody is going to approve it. Neither unknown fields, nor bytes
 * that are not UTF-8, nor halves of a character: the library would quote such a half in an error, which gRPC cannot carry, and the call would never be answered.
 */
export const STRICT_JSON = { ignoreUnknownFields: false, textDecoder: { decode } };

function decode(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  if (hasHalfCharacter(text)) throw new TypeError("an escape such as \\ud800 is half of a character");
  return text;
}

/** Whether an escape in a JSON text names a surrogate (RFC 8259, section 7) without the other one of its pair right beside it. */
function hasHalfCharacter(text: string): boolean {
  let isHighBefore = false;
  let end = 0;
  for (const found of text.matchAll(/\\(?:u([0-9a-fA-F]{4})|[^u])/g)) {
    const unit = found[1] === undefined ? 0 : Number.parseInt(found[1], 16);
    const isLow = unit >= 0xdc00 && unit <= 0xdfff;
    if (isLow !== isHighBefore || (isLow && found.index !== end)) return true;
    isHighBefore = unit >= 0xd800 && unit <= 0xdbff;
    end = found.index + found[0].length;
  }
  return isHighBefore;
}
