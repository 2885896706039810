import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { resolve } from "node:path";
import { SYSTEM_CLOCK } from "../app/clock.ts";
import type { Log } from "../app/log.ts";
import { openAuditLogForCommand } from "../audited-configuration.ts";
import { rotateOnRecord } from "../audited-key-rotation.ts";
import { loadConfig, type Overrides } from "../config/load-config.ts";
import { spkiOf } from "../evidence/public-key.ts";
import { TRUST_POLICY_VERSION } from "../evidence/read-trust-policy.ts";
import { recordedKeys, type ServerKey } from "../signing/key-record.ts";
import { rotateServerKey } from "../signing/server-keys.ts";
import { lockDirectory } from "../store/sqlite/directory-lock.ts";
import { UsageError } from "./failure.ts";
import { type Output, table } from "./output.ts";

type ServerOptions = Overrides & { readonly config?: string };

export function listKeys(options: ServerOptions, output: Output): void {
  show(keysOf(options), output);
}

/** Retires the key in use for one that is made now, and has that recorded in the audit log that the configuration names. */
export function rotateKey(options: ServerOptions, output: Output): void {
  const config = configOf(options);
  const { dataDir, signing } = config;
  if (signing.keyFile !== undefined)
    throw new UsageError(
      `the server's key is the one in ${signing.keyFile} (signing.keyFile): put a new one there, made with nexus-attest keys new, and restart the server; it retires the old one by itself`,
    );
  const locks = [dataDir, ...otherDirectoryOf(options, dataDir)].map(lockDirectory);
  try {
    const audit = openAuditLogForCommand(config, { clock: SYSTEM_CLOCK, log: onlyTrouble(output) });
    try {
      const rotation = { trigger: "command", user: userName(), retired: recordedKeys(dataDir)[0]?.keyId } as const;
      const rotate = () => rotateServerKey(dataDir, SYSTEM_CLOCK.now());
      show(rotateOnRecord(audit, rotation, rotate), output);
    } finally {
      audit.close();
    }
  } finally {
    for (const lock of locks) lock.release();
  }
}

/** Whom the command is run by, as the system calls them; a container may run it as somebody who has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== "uv_os_get_passwd") throw error;
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/** The data directory of the server whose audit log it is, if the command was given another: nothing is written beside that server either. */
function otherDirectoryOf({ dataDir, ...options }: ServerOptions, given: string): readonly string[] {
  if (dataDir === undefined) return [];
  const served = loaded(options).dataDir;
  return resolve(served) === resolve(given) || !existsSync(served) ? [] : [served];
}

/** A log for a command, which says what it did by itself. */
function onlyTrouble(output: Output): Log {
  const quiet = () => undefined;
  const tell = (facts: object, message: string) => output.note(`warning: ${message}: ${JSON.stringify(facts)}`);
  return { debug: quiet, info: quiet, warn: tell, error: quiet };
}

/** On standard output, to be kept in a file. */
export function exportKeys(
  options: ServerOptions,
  wanted: { readonly format: "TRUST_POLICY" | "PEM"; readonly keyId?: string; readonly name: string },
): void {
  const keys = keysOf(options);
  if (wanted.format === "PEM") process.stdout.write(pemOf(chosen(keys, wanted.keyId)));
  else process.stdout.write(`${JSON.stringify(trustPolicyOf(keys, wanted.name), undefined, 2)}\n`);
}

/** The key in use has no bounds: it signs what happened before it was made, too. One that was retired never vouches for what happened later. */
function trustPolicyOf(keys: readonly ServerKey[], name: string) {
  return {
    policyVersion: TRUST_POLICY_VERSION,
    serverKeys: keys.map(({ publicKey, notAfter }) => ({
      name,
      publicKey: base64(publicKey),
      ...(notAfter === undefined ? {} : { notAfter: new Date(notAfter).toISOString() }),
    })),
  };
}

function pemOf({ publicKey }: ServerKey): string {
  return `-----BEGIN PUBLIC KEY-----\n${base64(spkiOf(publicKey))}\n-----END PUBLIC KEY-----\n`;
}

function chosen(keys: readonly ServerKey[], keyId: string | undefined): ServerKey {
  const found = keyId === undefined ? keys[0] : keys.find((key) => key.keyId === keyId);
  if (found !== undefined) return found;
  throw new UsageError(`--key-id: the server has no key ${keyId}; nexus-attest keys list shows those it has`);
}

function keysOf(options: ServerOptions): readonly ServerKey[] {
  const { dataDir } = configOf(options);
  const keys = recordedKeys(dataDir);
  if (keys.length > 0) return keys;
  throw new UsageError(
    `there is no key in ${dataDir} yet: the server's first start makes one, as does nexus-attest keys rotate`,
  );
}

function loaded(options: ServerOptions) {
  const environment = process.env;
  return loadConfig(options.config ?? environment["NEXUS_ATTEST_CONFIG"], environment, options).config;
}

function configOf(options: ServerOptions) {
  const config = loaded(options);
  if (!existsSync(config.dataDir))
    throw new UsageError(`there is no data directory ${config.dataDir}: name it with --data-dir DIR`);
  return config;
}

function show(keys: readonly ServerKey[], output: Output): void {
  const rows = keys.map(({ keyId, publicKey, notBefore, notAfter }) => ({
    keyId,
    publicKey: base64(publicKey),
    notBefore: new Date(notBefore).toISOString(),
    ...(notAfter === undefined ? {} : { notAfter: new Date(notAfter).toISOString() }),
  }));
  if (output.json) return output.line(JSON.stringify(rows, undefined, 2));
  const head = ["KEY ID", "SINCE", "RETIRED"];
  for (const row of table([head, ...rows.map((row) => [row.keyId, row.notBefore, row.notAfter ?? "-"])]))
    output.line(row);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
