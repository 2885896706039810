import { createDurably } from "../files/write-durably.ts";
import { makePrivateKey } from "../signing/private-key.ts";
import { UsageError } from "./failure.ts";
import type { Output } from "./output.ts";

/** Makes a private key in a new file, and tells its public half. */
export function newKey(file: string, output: Output): void {
  const { publicKey } = makePrivateKey((pem) => {
    try {
      createDurably(file, pem);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw new UsageError(
        `${file} ${code === "EEXIST" ? "exists already: a key is never overwritten" : `cannot be written: ${code}`}`,
        { cause },
      );
    }
  });
  const told = { file, keyId: publicKey.keyId, publicKey: Buffer.from(publicKey.bytes).toString("base64") };
  if (output.json) return output.line(JSON.stringify(told, undefined, 2));
  output.line(`${file}: the private key; keep it to yourself`);
  output.line(`key id      ${told.keyId}`);
  output.line(`public key  ${told.publicKey}`);
}
