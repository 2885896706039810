import type { RecordedEvent } from "../domain/event.ts";
import type { Instant } from "../domain/ids.ts";
import type { TrustPolicy } from "./trust-policy.ts";
import { type CheckName, type CheckResult, fail, notChecked, PASS } from "./verification-report.ts";

/** Whether the log is of the time that the trust policy allows. */
export function checkTimeBounds(events: readonly RecordedEvent[], trust: TrustPolicy | undefined): CheckResult {
  const { notBefore, notAfter } = trust ?? {};
  const first = events[0]?.event.occurredAt;
  const last = events.at(-1)?.event.occurredAt;
  if ((notBefore === undefined && notAfter === undefined) || first === undefined || last === undefined)
    return notChecked("No trust policy sets bounds of time.");
  if (notBefore !== undefined && first < notBefore)
    return fail("The first event occurred too early.", {
      expected: `not before ${isoTime(notBefore)}`,
      actual: isoTime(first),
    });
  if (notAfter !== undefined && last >= notAfter)
    return fail("The last event occurred too late.", {
      expected: `before ${isoTime(notAfter)}`,
      actual: isoTime(last),
    });
  return PASS;
}

/** Whether every check that the trust policy insists on passed. One that could not be judged did not. */
export function checkRequired(
  results: { readonly [Name in CheckName]?: CheckResult },
  trust: TrustPolicy | undefined,
): CheckResult {
  const required = trust?.requiredChecks ?? [];
  if (required.length === 0) return notChecked("No trust policy insists on any check.");
  const missed = required.filter((name) => results[name]?.status !== "PASS");
  if (missed.length === 0) return PASS;
  return fail("The trust policy insists on them.", { expected: "PASS", actual: `not PASS: ${missed.join(", ")}` });
}

function isoTime(at: Instant): string {
  return new Date(at).toISOString();
}
