import type { Template } from "../../gen/ts/nexus/attest/v1/template_pb.ts";
import { type Output, safe, table } from "./output.ts";
import { labelWords, policyWords } from "./policy-words.ts";
import { actorName, time } from "./render.ts";

/** What a template asks for, who made it, and how to use it. */
export function showTemplate(template: Template, output: Output): void {
  const { name, policy, matchLabels, description } = template;
  const rows = [
    ["template", safe(name)],
    ["digest", template.digest],
    ["made by", `${actorName(template.creator)} at ${time(template.createdAt)}`],
    ...(description === "" ? [] : [["for", safe(description)]]),
    ["matches", matchLabels.length === 0 ? "by its name only" : labelWords(matchLabels)],
    ["policy", policy === undefined ? "" : policyWords(policy)],
    ...(policy === undefined || policy.labels.length === 0 ? [] : [["", labelWords(policy.labels)]]),
  ];
  for (const line of table(rows)) output.line(line);
  output.line(`  ${output.style("cyan", "next:")} nexus-attest request --template ${safe(name)} --goal TEXT --apply`);
}

export function showTemplates(templates: readonly Template[], output: Output): void {
  if (templates.length === 0) return output.note("no templates");
  const rows = templates.map(({ name, policy, matchLabels, creator, createdAt, description }) => [
    safe(name),
    `${policy?.minApprovals ?? 0}`,
    matchLabels.length === 0 ? "-" : labelWords(matchLabels),
    actorName(creator),
    time(createdAt),
    safe(description.split("\n", 1)[0] ?? "").slice(0, 60),
  ]);
  for (const line of table([["TEMPLATE", "APPROVALS", "MATCHES", "MADE BY", "CREATED", "FOR"], ...rows]))
    output.line(line);
}
