import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { type PrivateKey, privateKeyOf } from "./private-key.ts";
import { UnusableKey } from "./unusable-key.ts";

/** A file with one key is a tenth of this. */
const MAX_BYTES = 16 * 1024;

/**
 * Reads a private key: PKCS#8 in PEM, as `openssl genpkey -algorithm ed25519` writes it. Everything is asked of the file that was opened, not of its name, so
 * that none can be put in its place in between.
 *
 * @param options.mayBeLink whether a symbolic link is followed to a file, which is judged as any other; links are how secrets are mounted into containers.
 * @throws {UnusableKey} also for a file that others than its owner may read, or that is neither ours nor the administrator's.
 */
export function readPrivateKeyFile(file: string, options: { readonly mayBeLink: boolean }): PrivateKey {
  const bytes = readGuarded(file, options.mayBeLink);
  try {
    const key = privateKeyOf(bytes);
    if ("problem" in key) throw new UnusableKey(`the private key ${file} cannot be used: ${key.problem}`);
    return key;
  } finally {
    bytes.fill(0);
  }
}

function readGuarded(file: string, mayBeLink: boolean): Buffer {
  let opened: number;
  try {
    // A pipe in the file's place would keep the program waiting for a writer.
    opened = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | (mayBeLink ? 0 : constants.O_NOFOLLOW));
  } catch (cause) {
    throw new UnusableKey(`the private key ${file} cannot be read: ${inWords((cause as NodeJS.ErrnoException).code)}`, {
      cause,
    });
  }
  try {
    const wrong = unsafe(fstatSync(opened), file);
    if (wrong !== undefined) throw new UnusableKey(`the private key ${file} is not used: ${wrong}`);
    const bytes = Buffer.alloc(MAX_BYTES + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(opened, bytes, length, bytes.length - length, null);
    if (length <= MAX_BYTES) return bytes.subarray(0, length);
    bytes.fill(0);
    throw new UnusableKey(`the private key ${file} is not used: it is larger than ${MAX_BYTES} bytes`);
  } finally {
    closeSync(opened);
  }
}

function unsafe(found: Stats, file: string): string | undefined {
  if (!found.isFile()) return "it is not a regular file";
  const me = process.getuid?.();
  if (me !== undefined && found.uid !== me && found.uid !== 0)
    return `it belongs to another user (${found.uid}), who could change it: chown it`;
  const mode = (found.mode & 0o777).toString(8).padStart(4, "0");
  if (me !== undefined && (found.mode & 0o077) !== 0)
    return `others than its owner may use it (mode ${mode}): chmod 600 ${file}`;
  return undefined;
}

function inWords(code: string | undefined): string {
  if (code === "ENOENT") return "there is no such file";
  if (code === "ELOOP") return "it is a symbolic link";
  return code === "EACCES" ? "permission denied" : `${code}`;
}
