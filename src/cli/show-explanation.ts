import type { ExplainDecisionResponse } from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { guardrailRows } from "./guardrail-words.ts";
import { type Output, safe, table } from "./output.ts";
import { policyWords, templateWords } from "./policy-words.ts";

/** What would become of a request. */
export function showExplanation(response: ExplainDecisionResponse, output: Output): void {
  const { policy, template, guardrails, policyInForce, blockingReasons, guardrailsOfAdapters } = response;
  const rows = [
    ["policy", policy === undefined ? "none yet" : policyWords(policy)],
    ...(template === undefined ? [] : [["template", templateWords(template)]]),
    ...(guardrails.length === 0 ? [["guardrails", "none"]] : guardrailRows(guardrails)),
    ...(policyInForce === undefined || guardrails.length === 0 ? [] : [["in force", policyWords(policyInForce)]]),
    ...guardrailRows(guardrailsOfAdapters, "on some adapters"),
  ];
  for (const line of table(rows)) output.line(line);
  for (const { message } of blockingReasons) output.line(`  ${output.style("yellow", "blocked:")} ${safe(message)}`);
  output.note("nothing was written; nexus-attest request with the same options asks for it");
}
