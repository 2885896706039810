import { PackageMode } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { fromWireEvent } from "../codec/event.ts";
import { encodeEvent } from "../codec/stored-event.ts";
import { digestOf } from "../evidence/digest.ts";
import { type Conversion, convertPackage, toPythonBundle } from "../exchange/convert.ts";
import { LOSSES } from "../exchange/losses.ts";
import type { PythonFormat } from "../exchange/python-format.ts";
import { allEvents } from "./all-events.ts";
import type { Clients } from "./client.ts";
import { UsageError } from "./failure.ts";
import { type Output, safe } from "./output.ts";
import { readInput } from "./read-input.ts";

export const FORMATS: readonly PythonFormat[] = ["nexus-attest-0.6", "nexus-attest-0.5"];

export function parseFormat(text: string): PythonFormat {
  const found = FORMATS.find((format) => format === text.trim());
  if (found === undefined) throw new UsageError(`--format: got "${text}", wants ${FORMATS.join(" or ")}`);
  return found;
}

/** A decision of the server in a format of the original. What the server says is verified before it is converted. */
export async function exportForeign(
  clients: Clients,
  decisionId: string,
  how: { readonly format: PythonFormat; readonly mode: "EMBEDDED" | "REFERENCE"; readonly acceptLosses: boolean },
): Promise<Conversion> {
  if (how.format === "nexus-attest-0.6") {
    const { packageJson } = await clients.audit.exportAuditPackage({ decisionId, mode: PackageMode[how.mode] });
    return convertPackage(packageJson, how.format);
  }
  const texts: string[] = [];
  for (const { event, digest } of await allEvents(clients, decisionId, 0)) {
    const text = event === undefined ? "" : encodeEvent(fromWireEvent(event));
    if (digestOf(text) !== digest)
      return { kind: "refused", problems: [`event ${texts.length} does not have the digest that the server says.`] };
    texts.push(text);
  }
  return toPythonBundle(texts, { at: Date.now(), acceptLosses: how.acceptLosses });
}

/** A package in a file, in a format of the original. */
export function convertFile(file: string, format: PythonFormat): Conversion {
  return convertPackage(readInput(file), format);
}

/** Writes what was converted by the function given, and says what the original will not understand; or why there is nothing to write. Gives whether there was. */
export function finishConversion(
  conversion: Conversion,
  format: PythonFormat,
  {
    output,
    file,
    write,
  }: { readonly output: Output; readonly file: string; readonly write: (bytes: Uint8Array) => void },
): boolean {
  if (conversion.kind === "refused") {
    const { problems } = conversion;
    const message = `It cannot be told in ${format}:`;
    if (output.json) output.note(JSON.stringify({ error: { message, problems } }));
    else
      for (const line of [`error: ${message}`, ...problems.map((problem) => `  - ${safe(problem)}`)]) output.note(line);
    return false;
  }
  write(conversion.file);
  const { digest, losses } = conversion;
  const isOnStandardOutput = file === "-";
  if (output.json && !isOnStandardOutput) {
    const named = losses.map((name) => ({ name, description: LOSSES[name] }));
    output.line(JSON.stringify({ file, format, bytes: conversion.file.length, digest, losses: named }, undefined, 2));
    return true;
  }
  const say = (line: string) => (isOnStandardOutput ? output.note(line) : output.line(line));
  if (!isOnStandardOutput) say(`${file}: ${conversion.file.length} bytes, ${digest}`);
  say("  nexus-attest (Python) keeps in the file, and does not understand:");
  for (const name of losses) say(`    ${name}: ${LOSSES[name]}`);
  return true;
}
