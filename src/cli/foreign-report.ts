import { FINDINGS } from "../exchange/findings.ts";
import type { ForeignBundle, UnreadableBundle } from "../exchange/read-foreign-bundle.ts";
import { type Output, safe } from "./output.ts";

/** What a file of the original proves of itself, and what it cannot. */
export function showForeign(read: ForeignBundle | UnreadableBundle, output: Output): void {
  if (output.json) return output.line(JSON.stringify(asJson(read), undefined, 2));
  output.line(`format          ${read.format}, of nexus-attest (Python)`);
  if ("problem" in read) {
    output.line(`${output.style(["red", "bold"], "BROKEN")}: ${safe(read.problem)}`);
    output.line("Do not rely on this file.");
    return;
  }
  output.line(`decision        ${safe(read.decisionId)}`);
  output.line(`status          ${read.status}, ${read.events.length} events`);
  output.line(`digest          ${read.digest}`);
  output.line();
  const width = Math.max(...read.findings.map(({ name }) => name.length));
  for (const { name, isProven, detail } of read.findings) {
    const mark = isProven ? output.style("green", "✓ PROVEN    ") : output.style("dim", "– NOT PROVEN");
    output.line(`${mark}  ${name.padEnd(width)}  ${FINDINGS[name]}`);
    if (detail !== "") output.line(`${" ".repeat(16 + width)}${safe(detail)}`);
  }
  output.line();
  output.line(
    `${output.style(["green", "bold"], "CONSISTENT")}: everything that its format can prove holds. Who made the file is not proven, nor is anything above that is not.`,
  );
}

function asJson(read: ForeignBundle | UnreadableBundle): object {
  if ("problem" in read) return read;
  const { format, decisionId, status, digest, events, findings } = read;
  return { format, decisionId, status, digest, events: events.length, findings };
}
