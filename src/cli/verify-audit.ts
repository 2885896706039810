import { createReadStream } from "node:fs";
import { type AuditLine, type AuditVerdict, MAX_PROBLEMS, verifyAuditLog } from "../audit-log/verify-audit-log.ts";
import { isDigest } from "../evidence/digest.ts";
import { EXIT, UsageError, unreadable } from "./failure.ts";
import { type Output, safe } from "./output.ts";

/** No line is longer than that; what is, is looked at in pieces, none of which is a record. */
const LONGEST_PIECE = 1024 * 1024;

/** Checks the files of an audit log, tells what does not fit, and gives the exit code. */
export async function verifyAudit(
  files: readonly string[],
  expected: string | undefined,
  output: Output,
): Promise<number> {
  if (expected !== undefined && !isDigest(expected))
    throw new UsageError("--head: wants a digest, such as sha256: and 64 hexadecimal digits");
  const verdict = await verifyAuditLog(files.map((file) => ({ file, lines: linesOf(file) })));
  const isThere = expected === undefined || verdict.head.digest === expected;
  const isSound = verdict.problems.length === 0 && isThere && verdict.records > 0;
  show(verdict, { expected, isThere, isSound }, output);
  return isSound ? EXIT.ok : EXIT.broken;
}

function show(
  verdict: AuditVerdict,
  found: { readonly expected: string | undefined; readonly isThere: boolean; readonly isSound: boolean },
  output: Output,
): void {
  const { records, first, head, repaired, isTorn, problems } = verdict;
  const { expected, isThere, isSound } = found;
  const word = isSound ? "SOUND" : "BROKEN";
  if (output.json) {
    const document = { verdict: word, records, first, head, expectedHead: expected, repaired, isTorn, problems };
    return output.line(JSON.stringify(document, undefined, 2));
  }
  for (const { file, line, message } of problems) output.line(`${safe(file)}, line ${line}: ${safe(message)}`);
  if (problems.length === MAX_PROBLEMS) output.line("… and perhaps more");
  if (!isThere)
    output.line(`the last record is not the expected one, ${expected}: something was cut off or added at the end`);
  if (records === 0) output.line("there is no record");
  else output.line(`${records} records, seq ${first} to ${head.seq}; head ${head.digest}`);
  if (first !== undefined && first > 0) output.note(`seq 0 to ${first - 1} are in older files, which were not given`);
  if (repaired > 0)
    output.note(`${repaired} records had been cut short by a crash or a full disk, and were closed off by the server`);
  if (isTorn) output.note("the last line is only begun: the server is writing it, or was killed as it did");
  output.line(
    isSound
      ? `${output.style(["green", "bold"], word)}: every record follows from the one before`
      : `${output.style(["red", "bold"], word)}: this is not the log as it was written`,
  );
}

/** The lines of a file, whatever bytes they hold. */
async function* linesOf(file: string): AsyncIterable<AuditLine> {
  let rest = "";
  try {
    for await (const chunk of createReadStream(file, { encoding: "latin1" }) as AsyncIterable<string>) {
      const [first = "", ...others] = chunk.split("\n");
      rest += first;
      for (const next of others) {
        yield { text: rest, isEnded: true };
        rest = next;
      }
      if (rest.length <= LONGEST_PIECE) continue;
      yield { text: rest, isEnded: true };
      rest = "";
    }
  } catch (cause) {
    throw unreadable(file, cause);
  }
  if (rest !== "") yield { text: rest, isEnded: false };
}
