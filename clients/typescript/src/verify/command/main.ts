#!/usr/bin/env node
// The command nexus-attest-verify: checks, lines, verdicts and exit codes are those of `nexus-attest verify`.
import {
  MAX_BYTES,
  MAX_TRUST_POLICY_BYTES,
  readTrustPolicy,
  type TrustPolicy,
  UnusableTrustPolicy,
  verify,
} from "../../verify.js";
import type { Report } from "../report.js";
import { type Arguments, Mistyped, readArguments, USAGE } from "./arguments.js";
import { asJson } from "./as-json.js";
import { asText } from "./as-text.js";
import { printable } from "./printable.js";
import { readAtMost, Unreadable } from "./read-at-most.js";

const OK = 0;
const NOT_PRINTED = 1;
const USAGE_ERROR = 2;
const BROKEN = 7;
const NOT_AUTHENTIC = 9;

process.stdout.once("error", (error) => {
  process.stderr.write(`error: the report could not be printed: ${printable(error.message)}\n`);
  process.exitCode = NOT_PRINTED;
});
try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Mistyped || error instanceof Unreadable || error instanceof UnusableTrustPolicy)) throw error;
  process.stderr.write(`error: ${printable(error.message)}\n${error instanceof Mistyped ? USAGE : ""}`);
  process.exitCode = USAGE_ERROR;
}

async function run(typed: readonly string[]): Promise<number> {
  const asked = readArguments(typed);
  if (asked === undefined) {
    process.stdout.write(USAGE);
    return OK;
  }
  const trust = await trustOf(asked);
  const report = verify(await readAtMost(asked.file, MAX_BYTES), trust);
  process.stdout.write(asked.json ? asJson(report) : asText(report, trust !== undefined));
  return codeOf(report, trust !== undefined);
}

async function trustOf({ trust }: Arguments): Promise<TrustPolicy | undefined> {
  if (trust === undefined) return undefined;
  const bytes = await readAtMost(trust, MAX_TRUST_POLICY_BYTES);
  try {
    return readTrustPolicy(bytes);
  } catch (error) {
    if (!(error instanceof UnusableTrustPolicy)) throw error;
    throw new UnusableTrustPolicy(
      `${trust} is no trust policy that can be used: ${error.message}. docs/signatures.md says what one is.`,
    );
  }
}

function codeOf({ verdict }: Report, isTrusting: boolean): number {
  if (verdict === "BROKEN") return BROKEN;
  return verdict === "AUTHENTIC" || !isTrusting ? OK : NOT_AUTHENTIC;
}
