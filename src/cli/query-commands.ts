import { create } from "@bufbuild/protobuf";
import { Command } from "commander";
import {
  DecisionFilterSchema,
  GetDecisionResponseSchema,
  ListDecisionEventsResponseSchema,
  ListDecisionsResponseSchema,
} from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { DecisionState, ReviewStatus } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { allEvents } from "./all-events.ts";
import { printJson } from "./answer.ts";
import { parseCount, parseId, parseLabels, parseTime, parseWord } from "./arguments.ts";
import { UsageError } from "./failure.ts";
import { openSession } from "./globals.ts";
import { gather } from "./policy-options.ts";
import { showDecision, showEvents, showSummaries } from "./render.ts";
import { watchDecision, watchDecisions } from "./watch.ts";

interface FilterOptions {
  readonly state?: readonly string[];
  readonly label?: readonly string[];
  readonly requester?: string;
  readonly approver?: string;
  readonly onAdapter?: string;
  readonly mode?: string;
  readonly review?: readonly string[];
  readonly since?: string;
  readonly until?: string;
}

/** The commands that read. */
export function addQueryCommands(program: Command): void {
  program
    .command("show <id>")
    .description("one decision, now or at any point of its past")
    .option("--as-of-seq <N>", "as it was after an event")
    .option("--as-of <TIME>", "as it was at a moment")
    .option("--evaluate-at <TIME>", "judged by this clock")
    .option("--timeline <N>", "timeline entries to show")
    .action(async (id: string, options: Record<string, string | undefined>, command: Command) => {
      const { clients, output } = openSession(command);
      const { asOfSeq, asOf, evaluateAt, timeline } = options;
      if (asOfSeq !== undefined && asOf !== undefined) throw new UsageError("say either --as-of-seq or --as-of");
      const response = await clients.decisions.getDecision({
        decisionId: parseId(id),
        ...(asOfSeq === undefined
          ? {}
          : { asOf: { case: "asOfSeq" as const, value: parseCount(asOfSeq, "--as-of-seq") } }),
        ...(asOf === undefined ? {} : { asOf: { case: "asOfTime" as const, value: parseTime(asOf, "--as-of") } }),
        ...(evaluateAt === undefined ? {} : { evaluateAt: parseTime(evaluateAt, "--evaluate-at") }),
        timelineLimit: timeline === undefined ? 0 : parseCount(timeline, "--timeline"),
      });
      if (output.json) return printJson(output, GetDecisionResponseSchema, response);
      if (response.decision !== undefined) showDecision(response.decision, output);
    });

  addFilterOptions(program.command("list").description("decisions, newest first"))
    .option("--limit <N>", "at most so many", "50")
    .option("--page-token <TOKEN>", "goes on where the page before ended")
    .action(async (options: FilterOptions & { limit: string; pageToken?: string }, command: Command) => {
      const { clients, output } = openSession(command);
      const response = await clients.decisions.listDecisions({
        filter: filterFrom(options),
        pageSize: parseCount(options.limit, "--limit"),
        pageToken: options.pageToken ?? "",
      });
      if (output.json) return printJson(output, ListDecisionsResponseSchema, response);
      showSummaries(response.decisions, output);
      if (response.nextPageToken !== "") output.note(`more: --page-token ${response.nextPageToken}`);
    });

  program
    .command("events <id>")
    .description("the log of a decision")
    .option("--from <N>", "first seq", "0")
    .action(async (id: string, options: { from: string }, command: Command) => {
      const { clients, output } = openSession(command);
      const events = await allEvents(clients, parseId(id), parseCount(options.from, "--from"));
      const all = create(ListDecisionEventsResponseSchema, { events });
      if (output.json) return printJson(output, ListDecisionEventsResponseSchema, all);
      showEvents(all.events, output);
    });

  addFilterOptions(
    program.command("watch [id]").description("follow a decision live, or with --all every decision that matches"),
  )
    .option("--from <N>", "first seq", "0")
    .option("--all", "every decision")
    .action(
      async (id: string | undefined, options: FilterOptions & { from: string; all?: boolean }, command: Command) => {
        const { clients, output } = openSession(command);
        if ((id === undefined) === (options.all !== true)) throw new UsageError("name a decision, or say --all");
        if (id === undefined) return await watchDecisions(clients, filterFrom(options), output);
        const unheard = filtersIn(options);
        if (unheard.length > 0)
          throw new UsageError(`say either a decision or ${unheard.join(", ")}: filters belong to --all`);
        await watchDecision(clients, parseId(id), parseCount(options.from, "--from"), output);
      },
    );
}

function addFilterOptions(command: Command): Command {
  return command
    .option("--state <STATE>", "such as pending-approval or completed; repeatable", gather)
    .option("--label <KEY=VALUE>", "repeatable: all must be there", gather)
    .option("--requester <ACTOR-ID>", "requested by")
    .option("--approver <ACTOR-ID>", "ever approved by")
    .option("--on-adapter <ID>", "on this adapter")
    .option("--mode <MODE>", "dry-run or apply")
    .option("--review <STATUS>", "executed by break-glass: pending, overdue, approved or objected; repeatable", gather)
    .option("--since <TIME>", "created at or after")
    .option("--until <TIME>", "created before");
}

/** The filter options that were given, as typed. */
function filtersIn(options: FilterOptions): readonly string[] {
  const all = addFilterOptions(new Command()).options.map((option) => [option.attributeName(), option.long ?? ""]);
  return all.flatMap(([name = "", long = ""]) => (name in options ? [long] : []));
}

const STATES = [
  "DRAFT",
  "PENDING_APPROVAL",
  "APPROVED",
  "EXECUTING",
  "COMPLETED",
  "FAILED",
  "REJECTED",
  "CANCELLED",
  "OUTCOME_UNKNOWN",
] as const;

const REVIEWS = ["PENDING", "OVERDUE", "APPROVED", "OBJECTED"] as const;

function filterFrom(options: FilterOptions) {
  return create(DecisionFilterSchema, {
    states: (options.state ?? []).map((state) => DecisionState[parseWord(state, STATES, "--state")]),
    labels: parseLabels(options.label ?? []),
    requesterId: options.requester ?? "",
    approverId: options.approver ?? "",
    adapterId: options.onAdapter ?? "",
    mode: options.mode === undefined ? Mode.UNSPECIFIED : Mode[parseWord(options.mode, ["DRY_RUN", "APPLY"], "--mode")],
    reviewStatuses: (options.review ?? []).map((status) => ReviewStatus[parseWord(status, REVIEWS, "--review")]),
    ...(options.since === undefined ? {} : { createdFrom: parseTime(options.since, "--since") }),
    ...(options.until === undefined ? {} : { createdUntil: parseTime(options.until, "--until") }),
  });
}
