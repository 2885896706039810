import { canonicalJson, type Json } from "../codec/canonical-json.ts";
import { decodeTemplateEvent } from "../codec/template.ts";
import { isEqual } from "../domain/is-equal.ts";
import type { TemplateUse } from "../domain/policy.ts";
import type { Decision } from "../domain/state.ts";
import type { TemplateEvent } from "../domain/template.ts";
import { tighten } from "../domain/tighten.ts";
import { jsonDigest } from "./build-audit-package.ts";
import { policyFlaw } from "./check-log.ts";
import type { EvidenceFile } from "./evidence-file.ts";
import {
  type CheckResult,
  compare,
  fail,
  firstFailure,
  notChecked,
  nothingToJudge,
  PASS,
} from "./verification-report.ts";

/** Where the policy came from: a template that the log used has to lead to it, and one that comes along has to be the one that the log used. */
export function checkTemplate({ given, inspection }: EvidenceFile, { policy: attached }: Decision): CheckResult {
  const use = attached?.template;
  if (attached === undefined || use === undefined)
    return given.template === undefined
      ? nothingToJudge("no template was used")
      : fail("The file carries a template, and the log used none.");
  const flaw = policyFlaw(use.templatePolicy);
  if (flaw !== undefined) return fail(`policyAttached.template.templatePolicy.${flaw}`);
  const tightening = tighten(use.templatePolicy, use.overrides);
  if (tightening.kind === "refused") {
    const words = tightening.violations.map(({ field, description }) => `${field}: ${description}`);
    return fail(`policyAttached.template.overrides does not tighten the template's policy. ${words.join(" ")}`);
  }
  if (!isEqual(tightening.policy, attached.policy))
    return fail("policyAttached.policy is not the template's policy with the overrides.");
  if (given.template === undefined)
    return notChecked(
      `The overrides tighten the policy that was recorded as the template's. The template is not in the file; its digest must be ${use.digest}.`,
    );
  const { template } = inspection.known as { readonly template: Json };
  return checkGiven(given.template, template, use);
}

/** @param known the template without the fields that this version does not know. */
function checkGiven(given: Json, known: Json, use: TemplateUse): CheckResult {
  let event: TemplateEvent;
  try {
    event = decodeTemplateEvent(canonicalJson(known));
  } catch (error) {
    return fail(`template: ${(error as Error).message}`);
  }
  return firstFailure([
    compare(use.digest, jsonDigest(given), "template: its digest"),
    compare(use.name, event.name, "template.name"),
    isEqual(event.body.policy, use.templatePolicy)
      ? PASS
      : fail("template.templateCreated.policy is not policyAttached.template.templatePolicy."),
  ]);
}
