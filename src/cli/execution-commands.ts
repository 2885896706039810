import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import {
  ExecuteDecisionResponseSchema,
  type SettleExecutionRequestSchema,
  SettleExecutionResponseSchema,
  StatedOutcome,
} from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
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

function exitCodeOf(state: number | undefined): number {
  return state === DecisionState.FAILED || state === DecisionState.OUTCOME_UNKNOWN ? EXIT.executionFailed : EXIT.ok;
}
