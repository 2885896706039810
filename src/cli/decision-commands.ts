import { randomUUID } from "node:crypto";
import { type DescMessage, type MessageInitShape, type MessageShape, toJsonString } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import type { Execution } from "../../gen/ts/nexus/attest/v1/decision_pb.ts";
import {
  CancelDecisionResponseSchema,
  CreateDecisionResponseSchema,
  ExecuteDecisionResponseSchema,
  GrantApprovalResponseSchema,
  RejectDecisionResponseSchema,
  RevokeApprovalResponseSchema,
  type SettleExecutionRequestSchema,
  SettleExecutionResponseSchema,
  StatedOutcome,
} from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import type { RecordedEvent } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import { DecisionState, type Lifecycle } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { parseId, parseLabels, parseSpan, parseTime, parseWord } from "./arguments.ts";
import { insist } from "./client.ts";
import { EXIT, UsageError } from "./failure.ts";
import { openSession, type Session } from "./globals.ts";
import { type Output, safe } from "./output.ts";
import { readPlanFile } from "./plan-file.ts";
import { addPolicyOptions, gather, type PolicyOptions, policyFrom } from "./policy-options.ts";
import { showDecision, showLifecycle } from "./render.ts";

interface RequestOptions extends PolicyOptions {
  readonly goal: string;
  readonly apply?: boolean;
  readonly dryRun?: boolean;
  readonly plan?: string;
  readonly adapter?: string;
  readonly label?: readonly string[];
  readonly requestId?: string;
}

const REQUEST_ID = ["--request-id <ID>", "idempotency key; default: a random one"] as const;

/** The commands that write. Each sends one call with an idempotency key, again where that is safe. */
export function addDecisionCommands(program: Command, done: (exitCode: number) => void): void {
  addPolicyOptions(
    program
      .command("request")
      .description("ask for an action")
      .requiredOption("--goal <TEXT>", "what is to be achieved")
      .option("--apply", "carry it out")
      .option("--dry-run", "check and simulate")
      .option("--plan <FILE>", "the steps, as JSON")
      .option("--adapter <ID>", "who carries it out")
      .option("--label <KEY=VALUE>", "repeatable", gather)
      .option(...REQUEST_ID),
  ).action(async (options: RequestOptions, command: Command) => {
    const session = openSession(command);
    if ((options.apply === true) === (options.dryRun === true)) throw new UsageError("say either --apply or --dry-run");
    const mode = options.apply === true ? "APPLY" : "DRY_RUN";
    const policy = policyFrom(options, mode);
    const request = {
      requestId: options.requestId ?? randomUUID(),
      goal: options.goal,
      mode: Mode[mode],
      ...(options.plan === undefined ? {} : { plan: readPlanFile(options.plan) }),
      adapterId: options.adapter ?? "",
      labels: parseLabels(options.label ?? []),
      ...(policy === undefined ? {} : { policySource: { case: "policy" as const, value: policy } }),
    };
    const response = await insist(session.timeout, () => session.clients.decisions.createDecision(request));
    if (session.output.json) return printJson(session.output, CreateDecisionResponseSchema, response);
    if (response.decision !== undefined) showDecision(response.decision, session.output);
  });

  program
    .command("approve <id>")
    .description("say yes to exactly what is shown")
    .option("--comment <TEXT>", "why")
    .option("--expires-in <SPAN>", "the approval ends by itself, such as 15m")
    .option("--expires-at <TIME>", "the same as a moment")
    .option("--digest <DIGEST>", "the request digest that you were shown; default: that of the decision as it is now")
    .option(...REQUEST_ID)
    .action(async (id: string, options: Record<string, string | undefined>, command: Command) => {
      const session = openSession(command);
      const decisionId = parseId(id);
      const requestDigest = options["digest"] ?? (await lookFirst(session, decisionId));
      const expiresAt = expiryFrom(options);
      const request = {
        requestId: options["requestId"] ?? randomUUID(),
        decisionId,
        comment: options["comment"] ?? "",
        requestDigest,
        ...(expiresAt === undefined ? {} : { expiresAt }),
      };
      const response = await insist(session.timeout, () => session.clients.decisions.grantApproval(request));
      finish(session.output, GrantApprovalResponseSchema, response, decisionId);
    });

  program
    .command("revoke <id>")
    .description("take your approval back")
    .option("--reason <TEXT>", "why")
    .option("--approver <ACTOR-ID>", "whose, if not yours; takes a role made for it")
    .option(...REQUEST_ID)
    .action(async (id: string, options: Record<string, string | undefined>, command: Command) => {
      const session = openSession(command);
      const request = { ...common(id, options), approverId: options["approver"] ?? "" };
      const response = await insist(session.timeout, () => session.clients.decisions.revokeApproval(request));
      finish(session.output, RevokeApprovalResponseSchema, response, request.decisionId);
    });

  program
    .command("reject <id>")
    .description("say no, for good")
    .requiredOption("--reason <TEXT>", "why")
    .option(...REQUEST_ID)
    .action(async (id: string, options: Record<string, string | undefined>, command: Command) => {
      const session = openSession(command);
      const request = common(id, options);
      const response = await insist(session.timeout, () => session.clients.decisions.rejectDecision(request));
      finish(session.output, RejectDecisionResponseSchema, response, request.decisionId);
    });

  program
    .command("cancel <id>")
    .description("withdraw your request")
    .option("--reason <TEXT>", "why")
    .option(...REQUEST_ID)
    .action(async (id: string, options: Record<string, string | undefined>, command: Command) => {
      const session = openSession(command);
      const request = common(id, options);
      const response = await insist(session.timeout, () => session.clients.decisions.cancelDecision(request));
      finish(session.output, CancelDecisionResponseSchema, response, request.decisionId);
    });

  program
    .command("execute <id>")
    .description("pass the gate and run it, once")
    .option("--adapter <ID>", "where the request names none")
    .option("--wait <SPAN>", "wait for the run's end, such as 60s")
    .option(...REQUEST_ID)
    .action(async (id: string, options: Record<string, string | undefined>, command: Command) => {
      const session = openSession(command);
      const wait = options["wait"] === undefined ? 0 : parseSpan(options["wait"], "--wait");
      const { requestId, decisionId } = common(id, options);
      const request = { requestId, decisionId, adapterId: options["adapter"] ?? "", wait: durationFromMs(wait) };
      const call = { timeoutMs: session.timeout + wait };
      const response = await insist(call.timeoutMs, () => session.clients.decisions.executeDecision(request, call));
      finish(session.output, ExecuteDecisionResponseSchema, response, decisionId);
      done(exitCodeOf(response.lifecycle?.state));
    });

  program
    .command("settle <id>")
    .description("resolve an execution that has no outcome")
    .option("--ask-router", "ask the router again")
    .option("--outcome <OUTCOME>", "state it: unknown, completed or failed")
    .option("--reason <TEXT>", "how you know")
    .option(...REQUEST_ID)
    .action(async (id: string, options: Record<string, string | undefined>, command: Command) => {
      const session = openSession(command);
      const { requestId, decisionId, reason } = common(id, options);
      const request = { requestId, decisionId, resolution: resolutionFrom(options, reason) };
      const response = await insist(session.timeout, () => session.clients.decisions.settleExecution(request));
      finish(session.output, SettleExecutionResponseSchema, response, decisionId);
    });
}

function common(id: string, options: Record<string, string | undefined>) {
  return { requestId: options["requestId"] ?? randomUUID(), decisionId: parseId(id), reason: options["reason"] ?? "" };
}

/** Shows what is about to be approved, and gives its digest: nothing else will be approved. */
async function lookFirst({ clients, output }: Session, decisionId: string): Promise<string> {
  const { decision } = await clients.decisions.getDecision({ decisionId });
  if (decision === undefined) throw new Error("the server gave no decision");
  if (!output.json) {
    output.line(`You approve: ${safe(decision.goal)}`);
    output.line(
      `  ${Mode.APPLY === decision.mode ? "APPLY" : "DRY_RUN"} on ${decision.adapterId || "an allowed adapter"}, ${decision.plan?.steps.length ?? 0} steps`,
    );
    output.line(`  ${decision.requestDigest}`);
  }
  return decision.requestDigest;
}

function expiryFrom(options: Record<string, string | undefined>) {
  const { expiresIn, expiresAt } = options;
  if (expiresIn !== undefined && expiresAt !== undefined)
    throw new UsageError("say either --expires-in or --expires-at");
  if (expiresAt !== undefined) return parseTime(expiresAt, "--expires-at");
  if (expiresIn === undefined) return undefined;
  return timestampFromDate(new Date(Date.now() + parseSpan(expiresIn, "--expires-in")));
}

function resolutionFrom(
  options: Record<string, string | undefined>,
  reason: string,
): MessageInitShape<typeof SettleExecutionRequestSchema>["resolution"] & {} {
  const { askRouter, outcome } = options;
  if ((askRouter === undefined) === (outcome === undefined))
    throw new UsageError("say either --ask-router or --outcome");
  if (outcome === undefined) return { case: "askRouter" as const, value: {} };
  if (reason === "") throw new UsageError("--reason: say how you know");
  const stated = StatedOutcome[parseWord(outcome, ["UNKNOWN", "COMPLETED", "FAILED"], "--outcome")];
  return { case: "operatorStatement" as const, value: { outcome: stated, reason } };
}

interface Written {
  readonly event?: RecordedEvent | undefined;
  readonly lifecycle?: Lifecycle | undefined;
  readonly execution?: Execution | undefined;
}

function finish<Desc extends DescMessage>(
  output: Output,
  schema: Desc,
  response: MessageShape<Desc> & Written,
  decisionId: string,
): void {
  if (output.json) return printJson(output, schema, response);
  output.line(`seq ${response.event?.event?.seq} recorded, ${response.event?.digest}`);
  if (response.lifecycle !== undefined) showLifecycle(decisionId, response.lifecycle, output);
  const failure = response.execution?.failureCode ?? "";
  if (failure !== "")
    output.line(`  ${output.style("red", failure)}: ${safe(response.execution?.failureMessage ?? "")}`);
}

export function printJson<Desc extends DescMessage>(output: Output, schema: Desc, message: MessageShape<Desc>): void {
  output.line(toJsonString(schema, message, { prettySpaces: 2 }));
}

function exitCodeOf(state: number | undefined): number {
  return state === DecisionState.FAILED || state === DecisionState.OUTCOME_UNKNOWN ? EXIT.executionFailed : EXIT.ok;
}
