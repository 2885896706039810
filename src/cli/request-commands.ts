import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import {
  AttachPolicyResponseSchema,
  CreateDecisionResponseSchema,
  ExplainDecisionResponseSchema,
} from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { common, finish, printJson, REQUEST_ID } from "./answer.ts";
import { parseLabels } from "./arguments.ts";
import { insist } from "./client.ts";
import { UsageError } from "./failure.ts";
import { openSession } from "./globals.ts";
import { readPlanFile } from "./plan-file.ts";
import { addSourceOptions, gather, policySourceFrom, requireNoPolicy, type SourceOptions } from "./policy-options.ts";
import { showDecision } from "./render.ts";
import { showExplanation } from "./show-explanation.ts";

interface RequestOptions extends SourceOptions {
  readonly draft?: boolean;
  readonly goal: string;
  readonly apply?: boolean;
  readonly dryRun?: boolean;
  readonly plan?: string;
  readonly adapter?: string;
  readonly label?: readonly string[];
  readonly requestId?: string;
}

interface AttachOptions extends SourceOptions {
  readonly requestId?: string;
}

/** The commands that make a decision: the request, what would become of it, and the policy where it did not come along. */
export function addRequestCommands(program: Command): void {
  addRequestOptions(program.command("request").description("ask for an action"))
    .option(...REQUEST_ID)
    .action(async (options: RequestOptions, command: Command) => {
      const session = openSession(command);
      const request = { ...requestFrom(options), requestId: options.requestId ?? randomUUID() };
      const response = await insist(session.timeout, () => session.clients.decisions.createDecision(request));
      if (session.output.json) return printJson(session.output, CreateDecisionResponseSchema, response);
      if (response.decision !== undefined) showDecision(response.decision, session.output);
    });

  addRequestOptions(
    program
      .command("explain")
      .description("what a request would need: its policy, the server's guardrails, and what would stand in its way"),
  ).action(async (options: RequestOptions, command: Command) => {
    const { clients, output } = openSession(command);
    const response = await clients.decisions.explainDecision({ request: requestFrom(options) });
    if (output.json) return printJson(output, ExplainDecisionResponseSchema, response);
    showExplanation(response, output);
  });

  addSourceOptions(
    program
      .command("attach <id>")
      .description("give a draft its policy, once")
      .option(...REQUEST_ID),
  ).action(async (id: string, options: AttachOptions, command: Command) => {
    const session = openSession(command);
    const { requestId, decisionId } = common(id, { requestId: options.requestId });
    const { decision } = await session.clients.decisions.getDecision({ decisionId });
    const policySource = policySourceFrom(options, decision?.mode === Mode.APPLY ? "APPLY" : "DRY_RUN");
    const request = { requestId, decisionId, policySource };
    const response = await insist(session.timeout, () => session.clients.decisions.attachPolicy(request));
    finish(session.output, AttachPolicyResponseSchema, response, decisionId);
  });
}

function addRequestOptions(command: Command): Command {
  return addSourceOptions(
    command
      .requiredOption("--goal <TEXT>", "what is to be achieved")
      .option("--apply", "carry it out")
      .option("--dry-run", "check and simulate")
      .option("--plan <FILE>", "the steps, as JSON")
      .option("--adapter <ID>", "who carries it out")
      .option("--label <KEY=VALUE>", "repeatable", gather)
      .option("--draft", "no policy yet: nexus-attest attach gives it one"),
  );
}

function requestFrom(options: RequestOptions) {
  if ((options.apply === true) === (options.dryRun === true)) throw new UsageError("say either --apply or --dry-run");
  const mode = options.apply === true ? "APPLY" : "DRY_RUN";
  if (options.draft === true) requireNoPolicy(options);
  const policySource = options.draft === true ? undefined : policySourceFrom(options, mode);
  return {
    goal: options.goal,
    mode: Mode[mode],
    ...(options.plan === undefined ? {} : { plan: readPlanFile(options.plan) }),
    adapterId: options.adapter ?? "",
    labels: parseLabels(options.label ?? []),
    ...(policySource === undefined ? {} : { policySource }),
  };
}
