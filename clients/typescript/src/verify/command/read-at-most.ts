import { createReadStream } from "node:fs";

/** Reads one byte more than is allowed, so that what is too large is seen to be, and hardly more; `-` is standard input. */
export async function readAtMost(file: string, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of file === "-" ? process.stdin : createReadStream(file, { end: most })) {
      chunks.push(chunk as Uint8Array);
      length += (chunk as Uint8Array).length;
      if (length > most) break;
    }
  } catch (error) {
    throw new Unreadable(`${file} cannot be read: ${whyOf(error)}`);
  }
  return Buffer.concat(chunks);
}

export class Unreadable extends Error {}

function whyOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? "there is no such file" : message;
}
