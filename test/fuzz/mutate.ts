import type { Random } from "./random.ts";

const NASTY_BYTES = [0x00, 0x01, 0x0a, 0x0d, 0x20, 0x22, 0x7f, 0x80, 0xc0, 0xfe, 0xff];

/** Bytes with a few of them changed, cut, doubled or put in. */
export function mutateBytes(random: Random, given: Uint8Array): Buffer {
  let bytes = Buffer.from(given);
  for (let left = 1 + random.size(6); left > 0; left--) {
    const at = random.below(bytes.length + 1);
    switch (random.below(7)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 1:
        if (at < bytes.length) bytes[at] = random.pick(NASTY_BYTES);
        break;
      case 2:
        bytes = bytes.subarray(0, at);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), random.bytes(random.size(64)), bytes.subarray(at)]);
        break;
      case 4: {
        const end = Math.min(bytes.length, at + random.size(64));
        bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
        break;
      }
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + random.size(16)))]);
        break;
      default:
        // A length that promises more than there is.
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]), bytes.subarray(at)]);
    }
  }
  return bytes;
}

const NASTY_JSON = [
  "null",
  "true",
  "-0",
  "1e999",
  "9007199254740993",
  '""',
  '"\\ud800"',
  '"\\u0000"',
  "{}",
  "[]",
  "[[[[[[[[]]]]]]]]",
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{"a":1}}}',
  '"NaN"',
  "NaN",
  '"2026-13-45T99:99:99Z"',
  '"=not base64="',
  "[".repeat(2_000),
  '{"a":'.repeat(500),
];

/** JSON text with a value replaced, a key doubled or renamed, or some of its bytes changed. */
export function mutateJson(random: Random, text: string): Buffer {
  const values = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null/g)];
  const found = values.length === 0 ? undefined : random.pick(values);
  if (found === undefined || random.chance(0.3)) return mutateBytes(random, Buffer.from(text));
  const [before, after] = [text.slice(0, found.index), text.slice(found.index + found[0].length)];
  switch (random.below(4)) {
    case 0:
      return Buffer.from(`${before}${random.pick(NASTY_JSON)}${after}`);
    case 1:
      return Buffer.from(`${before}${found[0]},${found[0]}${after}`);
    case 2:
      return Buffer.from(`${before}${JSON.stringify("x".repeat(random.size(20_000)))}${after}`);
    default:
      return Buffer.from(`${before}"${random.bytes(random.size(40)).toString("utf8").replaceAll('"', "")}"${after}`);
  }
}
