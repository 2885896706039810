import type { Command } from "commander";
import { parseSpan } from "./arguments.ts";
import { type Clients, connect } from "./client.ts";
import { calledAs, credentialsOf } from "./credentials.ts";
import { createOutput, type Output } from "./output.ts";

interface Globals {
  readonly json: boolean;
  readonly server: string;
  readonly as: string | undefined;
  readonly groups: string | undefined;
  readonly timeout: string;
  readonly tokenFile: string | undefined;
  readonly tlsCa: string | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly onBehalfOf: string | undefined;
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
  const own: Record<string, unknown> = {};
  for (const each of lineOf(command)) Object.assign(own, definedOnly(each.opts()));
  const text = (name: string) => own[name] as string | undefined;
  return {
    json: own["json"] === true,
    server: String(own["server"]),
    as: text("as"),
    groups: text("groups"),
    timeout: String(own["timeout"]),
    tokenFile: text("tokenFile"),
    tlsCa: text("tlsCa"),
    tlsCert: text("tlsCert"),
    tlsKey: text("tlsKey"),
    onBehalfOf: text("onBehalfOf"),
  };
}

/** Where the caller signs its name (`isNameSigned`), a token or a certificate says to the server who calls, and the name is not sent beside it. */
export function openSession(command: Command, { isNameSigned = false } = {}): Session {
  const { json, timeout, ...given } = globalsOf(command);
  const deadline = parseSpan(timeout, "--timeout");
  const { hasToken, hasCertificate } = calledAs(given, process.env);
  const isSent = !isNameSigned || !(hasToken || hasCertificate);
  const credentials = credentialsOf(isSent ? given : { ...given, as: undefined }, process.env);
  return {
    clients: connect({ server: given.server, credentials, timeout: deadline }),
    output: createOutput(json),
    timeout: deadline,
  };
}

/** A command with those above it and, as far as one was chosen, those below it: the outermost first. */
function lineOf(command: Command): readonly Command[] {
  const line = [command];
  for (let above = command.parent; above !== null; above = above.parent) line.unshift(above);
  for (let chosen: Command | undefined = command; chosen !== undefined; ) {
    const [name]: readonly string[] = chosen.args;
    chosen = chosen.commands.find((each) => each.name() === name);
    if (chosen !== undefined) line.push(chosen);
  }
  return line;
}

function definedOnly(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
