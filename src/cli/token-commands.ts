import type { Command } from "commander";
import { hashOfServiceToken, newServiceToken } from "../identity/service-token.ts";
import { globalsOf } from "./globals.ts";
import { createOutput } from "./output.ts";

/** What a server's operator gives to services. */
export function addTokenCommands(program: Command): void {
  const tokens = program.command("tokens").description("tokens of services");
  tokens
    .command("new")
    .description("make a token; it is printed once and kept nowhere")
    .action((_options: object, command: Command) => {
      const output = createOutput(globalsOf(command).json);
      const token = newServiceToken();
      const hash = hashOfServiceToken(token);
      if (output.json) return output.line(JSON.stringify({ token, hash }));
      output.line(token);
      output.note("This is the token, for the service alone; it is not shown again. The server is told its hash:");
      output.note("  auth:");
      output.note("    tokens:");
      output.note(`      - { service: NAME, hash: "${hash}" }`);
    });
}
