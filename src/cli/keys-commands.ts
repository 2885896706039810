import type { Command } from "commander";
import type { Overrides } from "../config/load-config.ts";
import { parseWord } from "./arguments.ts";
import { globalsOf } from "./globals.ts";
import { createOutput } from "./output.ts";

type ServerOptions = Overrides & { readonly config?: string };

/** The commands about keys to sign with. None needs a server; those about a server's keys want to be where its data directory is. */
export function addKeysCommands(program: Command): void {
  const keys = program.command("keys").description("look after the keys that things are signed with");
  ofServer(keys.command("list"))
    .description("the public keys of the server that has the data directory: in use, and retired")
    .action(async (options: ServerOptions, command: Command) => {
      const { listKeys } = await import("./server-keys.ts");
      listKeys(options, createOutput(globalsOf(command).json));
    });
  ofServer(keys.command("export"))
    .description("what others need to believe this server: its public keys as a trust policy, or one of them as PEM")
    .option("--format <FORMAT>", "trust-policy or pem", "trust-policy")
    .option("--key-id <ID>", "which key, for pem; default: the one in use")
    .option("--name <NAME>", "what the trust policy calls the server", "nexus-attest")
    .action(async (options: ServerOptions & { format: string; keyId?: string; name: string }) => {
      const { exportKeys } = await import("./server-keys.ts");
      const format = parseWord(options.format, ["TRUST_POLICY", "PEM"], "--format");
      exportKeys(options, { ...options, format });
    });
  ofServer(keys.command("rotate"))
    .description("make the server a new key and retire the one in use; the server has to be stopped")
    .action(async (options: ServerOptions, command: Command) => {
      const { rotateKey } = await import("./server-keys.ts");
      rotateKey(options, createOutput(globalsOf(command).json));
    });
  keys
    .command("new <file>")
    .description("make a private key in a new file that only you may read")
    .action(async (file: string, _options: object, command: Command) => {
      const { newKey } = await import("./new-key.ts");
      newKey(file, createOutput(globalsOf(command).json));
    });
}

function ofServer(command: Command): Command {
  return command
    .option("--config <FILE>", "configuration file (NEXUS_ATTEST_CONFIG)")
    .option("--data-dir <DIR>", "where everything is kept");
}
