import { create } from "@bufbuild/protobuf";
import type { Command } from "commander";
import {
  ExportImportedBundleResponseSchema,
  GetImportedDecisionResponseSchema,
  ListImportedDecisionEventsResponseSchema,
  ListImportedDecisionsResponseSchema,
} from "../../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import { printJson } from "./answer.ts";
import { parseCount, parseImportId, parseLabels, parseTime } from "./arguments.ts";
import { UsageError } from "./failure.ts";
import { openSession } from "./globals.ts";
import { gather } from "./policy-options.ts";
import { showEvents, showImportedDecision, showImports } from "./render.ts";
import { showForeignEvent, showForeignImport } from "./render-foreign.ts";
import { watchImportedDecision } from "./watch.ts";
import { writeEvidence } from "./write-evidence.ts";

/** The commands that read what was imported. */
export function addImportedCommands(program: Command): void {
  const imported = program.command("imported").description("read what was imported");

  imported
    .command("list")
    .description("imports, newest first")
    .option("--decision <ID>", "of this decision")
    .option("--label <KEY=VALUE>", "repeatable: all must be there", gather)
    .option("--limit <N>", "at most so many", "50")
    .option("--page-token <TOKEN>", "goes on where the page before ended")
    .action(
      async (
        options: { decision?: string; label?: readonly string[]; limit: string; pageToken?: string },
        command: Command,
      ) => {
        const { clients, output } = openSession(command);
        const response = await clients.imported.listImportedDecisions({
          decisionId: options.decision ?? "",
          labels: parseLabels(options.label ?? []),
          pageSize: parseCount(options.limit, "--limit"),
          pageToken: options.pageToken ?? "",
        });
        if (output.json) return printJson(output, ListImportedDecisionsResponseSchema, response);
        showImports(response.imports, output);
        if (response.nextPageToken !== "") output.note(`more: --page-token ${response.nextPageToken}`);
      },
    );

  imported
    .command("show <import-id>")
    .description("one import, now or at any point of its log")
    .option("--as-of-seq <N>", "as it was after an event")
    .option("--as-of <TIME>", "as it was at a moment")
    .option("--evaluate-at <TIME>", "judged by this clock")
    .option("--timeline <N>", "timeline entries to show")
    .action(async (id: string, options: Record<string, string | undefined>, command: Command) => {
      const { clients, output } = openSession(command);
      const { asOfSeq, asOf, evaluateAt, timeline } = options;
      if (asOfSeq !== undefined && asOf !== undefined) throw new UsageError("say either --as-of-seq or --as-of");
      const response = await clients.imported.getImportedDecision({
        importId: parseImportId(id),
        ...(asOfSeq === undefined
          ? {}
          : { asOf: { case: "asOfSeq" as const, value: parseCount(asOfSeq, "--as-of-seq") } }),
        ...(asOf === undefined ? {} : { asOf: { case: "asOfTime" as const, value: parseTime(asOf, "--as-of") } }),
        ...(evaluateAt === undefined ? {} : { evaluateAt: parseTime(evaluateAt, "--evaluate-at") }),
        timelineLimit: timeline === undefined ? 0 : parseCount(timeline, "--timeline"),
      });
      if (output.json) return printJson(output, GetImportedDecisionResponseSchema, response);
      const { importedDecision } = response;
      if (importedDecision?.foreignLog !== undefined)
        showForeignImport(importedDecision, importedDecision.foreignLog, output);
      else if (importedDecision !== undefined) showImportedDecision(importedDecision, output);
    });

  imported
    .command("events <import-id>")
    .description("the log of an import")
    .option("--from <N>", "first seq", "0")
    .action(async (id: string, options: { from: string }, command: Command) => {
      const { clients, output } = openSession(command);
      const request = { importId: parseImportId(id), fromSeq: parseCount(options.from, "--from"), pageSize: 1_000 };
      const all = create(ListImportedDecisionEventsResponseSchema);
      let pageToken = "";
      do {
        const page = await clients.imported.listImportedDecisionEvents({ ...request, pageToken });
        all.events.push(...page.events);
        all.foreignEvents.push(...page.foreignEvents);
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      if (output.json) return printJson(output, ListImportedDecisionEventsResponseSchema, all);
      showEvents(all.events, output);
      for (const event of all.foreignEvents) showForeignEvent(event, output);
    });

  imported
    .command("watch <import-id>")
    .description("follow an import live")
    .option("--from <N>", "first seq", "0")
    .action(async (id: string, options: { from: string }, command: Command) => {
      const { clients, output } = openSession(command);
      await watchImportedDecision(clients, parseImportId(id), parseCount(options.from, "--from"), output);
    });

  imported
    .command("export <import-id>")
    .description("the file as it came in")
    .option("-o, --out <FILE>", "where to; - is standard output; default: IMPORT-ID.bundle.json")
    .option("--force", "overwrite the file")
    .action(async (id: string, options: { out?: string; force?: boolean }, command: Command) => {
      const { clients, output } = openSession(command);
      const importId = parseImportId(id);
      const response = await clients.imported.exportImportedBundle({ importId });
      const file = options.out ?? `${importId}.bundle.json`;
      if (file === "-") return void process.stdout.write(response.bundleJson);
      writeEvidence(file, response.bundleJson, options.force === true);
      if (output.json)
        return printJson(output, ExportImportedBundleResponseSchema, { ...response, bundleJson: new Uint8Array() });
      output.line(`${file}: ${response.bundleJson.length} bytes, ${response.controlDigest}`);
      output.line(`  ${output.style("cyan", "next:")} nexus-attest verify ${file}`);
    });
}
