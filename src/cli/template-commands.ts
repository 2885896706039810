import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import {
  CreateTemplateResponseSchema,
  GetTemplateResponseSchema,
  ListTemplatesResponseSchema,
} from "../../gen/ts/nexus/attest/v1/template_service_pb.ts";
import { printJson, REQUEST_ID } from "./answer.ts";
import { parseCount, parseLabels } from "./arguments.ts";
import { insist } from "./client.ts";
import { UsageError } from "./failure.ts";
import { openSession } from "./globals.ts";
import { addPolicyOptions, gather, type PolicyOptions, policyFrom } from "./policy-options.ts";
import { showTemplate, showTemplates } from "./render-template.ts";

interface CreateOptions extends PolicyOptions {
  readonly matchLabel?: readonly string[];
  readonly description?: string;
  readonly requestId?: string;
}

interface ListOptions {
  readonly label?: readonly string[];
  readonly limit: string;
  readonly pageToken?: string;
}

/** The commands about templates. */
export function addTemplateCommands(program: Command): void {
  const template = program.command("template").description("make and show policies that decisions are given by name");

  addPolicyOptions(
    template
      .command("create <name>")
      .description("make a template; it is never changed or deleted")
      .option(
        "--match-label <KEY=VALUE>",
        "a decision with all of these can be given it by its labels; repeatable",
        gather,
      )
      .option("--description <TEXT>", "what it is for")
      .option(...REQUEST_ID),
  ).action(async (name: string, options: CreateOptions, command: Command) => {
    const session = openSession(command);
    if (options.policy === undefined && options.allowMode === undefined)
      throw new UsageError(
        "say in which modes a decision may be executed: --allow-mode dry-run, --allow-mode apply, or both",
      );
    const request = {
      requestId: options.requestId ?? randomUUID(),
      name,
      policy: policyFrom(options, []),
      matchLabels: parseLabels(options.matchLabel ?? [], "--match-label"),
      description: options.description ?? "",
    };
    const response = await insist(session.timeout, () => session.clients.templates.createTemplate(request));
    if (session.output.json) return printJson(session.output, CreateTemplateResponseSchema, response);
    if (response.template !== undefined) showTemplate(response.template, session.output);
  });

  template
    .command("show <name>")
    .description("one template")
    .action(async (name: string, _options: object, command: Command) => {
      const { clients, output } = openSession(command);
      const response = await clients.templates.getTemplate({ name });
      if (output.json) return printJson(output, GetTemplateResponseSchema, response);
      if (response.template !== undefined) showTemplate(response.template, output);
    });

  template
    .command("list")
    .description("templates, by name")
    .option("--label <KEY=VALUE>", "repeatable: all must be among its match labels", gather)
    .option("--limit <N>", "at most so many", "50")
    .option("--page-token <TOKEN>", "goes on where the page before ended")
    .action(async (options: ListOptions, command: Command) => {
      const { clients, output } = openSession(command);
      const response = await clients.templates.listTemplates({
        labels: parseLabels(options.label ?? []),
        pageSize: parseCount(options.limit, "--limit"),
        pageToken: options.pageToken ?? "",
      });
      if (output.json) return printJson(output, ListTemplatesResponseSchema, response);
      showTemplates(response.templates, output);
      if (response.nextPageToken !== "") output.note(`more: --page-token ${response.nextPageToken}`);
    });
}
