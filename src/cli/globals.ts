import type { Command } from "commander";
import { parseSpan } from "./arguments.ts";
import { type Clients, connect } from "./client.ts";
import { createOutput, type Output } from "./output.ts";

interface Globals {
  readonly json: boolean;
  readonly server: string;
  readonly as: string | undefined;
  readonly groups: string | undefined;
  readonly timeout: string;
}

/** What every command works with. */
export interface Session {
  readonly clients: Clients;
  readonly output: Output;
  /** Deadline of a call, in milliseconds. */
  readonly timeout: number;
}

/** The options that every command has, given before or behind its name; behind wins. */
export function globalsOf(command: Command): Globals {
  const chosen = command.args.length > 0 ? command.commands.find((each) => each.name() === command.args[0]) : undefined;
  const own = {
    ...(command.parent ?? command).opts(),
    ...definedOnly(command.opts()),
    ...definedOnly(chosen?.opts() ?? {}),
  };
  return {
    json: own["json"] === true,
    server: String(own["server"]),
    as: own["as"] as string | undefined,
    groups: own["groups"] as string | undefined,
    timeout: String(own["timeout"]),
  };
}

export function openSession(command: Command): Session {
  const { json, server, as, groups, timeout } = globalsOf(command);
  const deadline = parseSpan(timeout, "--timeout");
  return { clients: connect({ server, as, groups, timeout: deadline }), output: createOutput(json), timeout: deadline };
}

function definedOnly(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
