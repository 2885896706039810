import { type Finding, fail, notChecked, unless } from "./finding.js";
import type { LogEvent } from "./log.js";
import type { OpenedPackage } from "./opened-package.js";
import type { Status } from "./report.js";
import { isWithin, type TrustPolicy } from "./trust-policy.js";

export function timeBounds(events: readonly LogEvent[], _: OpenedPackage, trust?: TrustPolicy): Finding {
  const { notBefore, notAfter } = trust?.period ?? {};
  if (notBefore === undefined && notAfter === undefined) return notChecked("no trust policy bounds the time");
  const [first, last] = [events[0]?.occurredAt ?? Number.NaN, events.at(-1)?.occurredAt ?? Number.NaN];
  return unless(
    isWithin({ notBefore }, first) ? "" : "the log begins before the time that the trust policy allows",
    isWithin({ notAfter }, last) ? "" : "the log ends behind the time that the trust policy allows",
  );
}

export function requiredChecks(statuses: ReadonlyMap<string, Status>, trust?: TrustPolicy): Finding {
  const required = trust?.requiredChecks ?? [];
  if (required.length === 0) return notChecked("no trust policy requires a check");
  const missing = required.filter((name) => statuses.get(name) !== "PASS");
  return missing.length === 0 ? unless() : fail(`did not pass: ${missing.join(", ")}`);
}
