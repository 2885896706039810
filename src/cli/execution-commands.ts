import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import {
  ExecuteDecisionResponseSchema,
  ReviewExecutionResponseSchema,
  type SettleExecutionRequestSchema,
  SettleExecutionResponseSchema,
  StatedOutcome,
} from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { ReviewVerdict } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { common, finish, REQUEST_ID } from "./answer.ts";
import { parseSpan, parseWord } from "./arguments.ts";
import { insist } from "./client.ts";
import { EXIT, UsageError } from "./failure.ts";
import { openSession } from "./globals.ts";

/** The commands that carry a decision out and see to its outcome. */
export function addExecutionCommands(program: Command, done: (exitCode: number) => void): void {
  program
    .command("execute <id>")
    .description("pass the gate and run it, once")
    .option("--adapter <ID>", "where the request names none")
    .option("--wait <SPAN>", "wait for the run's end, such as 60s")
    .option(
      "--break-glass <REASON>",
      "in an emergency, even if the approvals do not suffice; somebody has to review it",
    )
    .option(...REQUEST_ID)
    .action(async (id: string, options: Record<string, string | undefined>, command: Command) => {
      const session = openSession(command);
      const wait = options["wait"] === undefined ? 0 : parseSpan(options["wait"], "--wait");
      const { requestId, decisionId } = common(id, options);
      const breakGlassReason = options["breakGlass"] ?? "";
      if (options["breakGlass"] !== undefined && breakGlassReason.trim() === "")
        throw new UsageError("--break-glass: say why");
      const adapterId = options["adapter"] ?? "";
      const request = { requestId, decisionId, adapterId, breakGlassReason, wait: durationFromMs(wait) };
      const call = { timeoutMs: session.timeout + wait };
      const response = await insist(call.timeoutMs, () => session.clients.decisions.executeDecision(request, call));
      finish(session.output, ExecuteDecisionResponseSchema, response, decisionId);
      done(exitCodeOf(response.lifecycle?.state));
    });

  program
    .command("review <id>")
    .description("review an execution by break-glass")
    .option("--justified", "it was right to execute without the quorum")
    .option("--unjustified", "it was not")
    .option("--comment <TEXT>", "your words")
    .option(...REQUEST_ID)
    .action(async (id: string, options: ReviewOptions, command: Command) => {
      const session = openSession(command);
      const { justified = false, unjustified = false, ...texts } = options;
      if (justified === unjustified) throw new UsageError("say either --justified or --unjustified");
      const { requestId, decisionId } = common(id, { requestId: texts.requestId });
      const { comment = "" } = texts;
      const verdict = justified ? ReviewVerdict.JUSTIFIED : ReviewVerdict.UNJUSTIFIED;
      const request = { requestId, decisionId, verdict, comment };
      const response = await insist(session.timeout, () => session.clients.decisions.reviewExecution(request));
      finish(session.output, ReviewExecutionResponseSchema, response, decisionId);
    });

  program
    .command("settle <id>")
    .description("resolve an execution that has no outcome")
    .option("--ask-router", "ask the router again")
    .option("--outcome <OUTCOME>", "state it: unknown, completed or failed")
    .option("--reason <TEXT>", "how you know")
    .option("--force", "state it against the router's word, too, and where only another server could ask it")
    .option(...REQUEST_ID)
    .action(async (id: string, options: SettleOptions, command: Command) => {
      const session = openSession(command);
      const { force = false, ...texts } = options;
      const { requestId, decisionId, reason } = common(id, texts);
      const request = { requestId, decisionId, resolution: resolutionFrom(texts, reason, force) };
      const response = await insist(session.timeout, () => session.clients.decisions.settleExecution(request));
      finish(session.output, SettleExecutionResponseSchema, response, decisionId);
    });
}

interface ReviewOptions {
  readonly justified?: boolean;
  readonly unjustified?: boolean;
  readonly comment?: string;
  readonly requestId?: string;
}

type SettleOptions = Readonly<Record<string, string | undefined>> & { readonly force?: boolean };

function resolutionFrom(
  options: Readonly<Record<string, string | undefined>>,
  reason: string,
  force: boolean,
): MessageInitShape<typeof SettleExecutionRequestSchema>["resolution"] & {} {
  const { askRouter, outcome } = options;
  if ((askRouter === undefined) === (outcome === undefined))
    throw new UsageError("say either --ask-router or --outcome");
  if (outcome === undefined && force) throw new UsageError("--force: it belongs to --outcome");
  if (outcome === undefined) return { case: "askRouter" as const, value: {} };
  if (reason === "") throw new UsageError("--reason: say how you know");
  const stated = StatedOutcome[parseWord(outcome, ["UNKNOWN", "COMPLETED", "FAILED"], "--outcome")];
  return { case: "operatorStatement" as const, value: { outcome: stated, reason, force } };
}

function exitCodeOf(state: number | undefined): number {
  return state === DecisionState.FAILED || state === DecisionState.OUTCOME_UNKNOWN ? EXIT.executionFailed : EXIT.ok;
}
