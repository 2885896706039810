import { buildDecisionBundle } from "../evidence/build-decision-bundle.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { digestOf } from "../evidence/digest.ts";
import { verifyDecisionBundle } from "../evidence/verify-decision-bundle.ts";
import { type CheckStream, withoutPlace } from "./check-stream.ts";
import { importOf } from "./import-metadata.ts";
import { createImportReader } from "./import-reader.ts";

/**
 * Checks an import: segment by segment as whoever reads it does, and then what it gives out, as it was checked before it was taken in. What was cut short or abandoned
 * is as it should be.
 */
export const checkImportStream: CheckStream = async (stream, events, _ports, report) => {
  const reader = createImportReader(importOf(stream));
  for await (const stored of events) {
    try {
      reader.take(stored);
    } catch (error) {
      if (!(error instanceof BrokenLog)) throw error;
      const { revision } = stored;
      report({ kind: "LOG", seq: revision, message: withoutPlace(error.message, `revision ${revision}`) });
      return;
    }
  }
  const whole = reader.whole();
  // What came in another's format has been put together and judged by the reader.
  if (whole === undefined || whole.kind === "foreign") return;
  const { json } = buildDecisionBundle(whole.events, whole.attachments);
  if (digestOf(json) !== whole.segments.at(-1)?.fileDigest)
    report({ kind: "LOG", message: "what it gives out has not the digest of the file that was imported last" });
  for (const { name, status, detail } of verifyDecisionBundle(new TextEncoder().encode(json)).checks)
    if (status === "FAIL") report({ kind: "RULE", message: `${name}: ${detail}` });
};
