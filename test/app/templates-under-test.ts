import { randomUUID } from "node:crypto";
import { onTestFinished } from "vitest";
import { createApproverKeys } from "../../src/app/approver-keys.ts";
import type { Clock } from "../../src/app/clock.ts";
import { SYSTEM_CLOCK } from "../../src/app/clock.ts";
import { createMakeTemplate } from "../../src/app/create-template.ts";
import { createDecisionLogs } from "../../src/app/decision-logs.ts";
import type { EventStore, NewEvent } from "../../src/app/event-store.ts";
import { createFindTemplates } from "../../src/app/find-templates.ts";
import { createCommandHandler } from "../../src/app/handle-command.ts";
import { createListTemplates } from "../../src/app/list-templates.ts";
import { digestMetadata } from "../../src/app/stored-digest.ts";
import { createTemplateCatalogue } from "../../src/app/template-catalogue.ts";
import { templateStreamOf } from "../../src/app/template-log.ts";
import type { Command } from "../../src/domain/command.ts";
import type { PolicyOverrides } from "../../src/domain/policy.ts";
import type { MatchingTemplate, PolicySource } from "../../src/domain/policy-source.ts";
import type { Label } from "../../src/domain/request.ts";
import type { TemplateCreated } from "../../src/domain/template.ts";
import { sealTemplate } from "../../src/evidence/template-log.ts";
import { openSqliteEventStore } from "../../src/store/sqlite/event-store.ts";
import { eventStoreDB } from "../eventstoredb/server-under-test.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { caller, newDecisionId, POLICY } from "./decisions-under-test.ts";

/** The stores that templates have to work on. */
export const STORES: readonly (readonly [string, () => Promise<EventStore>])[] = [
  ["embedded", openEmbedded],
  ["EventStoreDB", async () => (await eventStoreDB()).open()],
];

export async function openEmbedded(): Promise<EventStore> {
  const store = await openSqliteEventStore({ directory: temporaryDirectory() });
  onTestFinished(() => store.close());
  return store;
}

export function created(changes: Partial<TemplateCreated> = {}): TemplateCreated {
  return { type: "TEMPLATE_CREATED", policy: POLICY, matchLabels: [], description: "", ...changes };
}

/** `env=prod team=web` as labels. */
export function labels(text: string): readonly Label[] {
  return text
    .split(" ")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [key = "", value = ""] = pair.split("=");
      return { key, value };
    });
}

export function overriding(changes: Partial<PolicyOverrides>): PolicyOverrides {
  return {
    minApprovals: undefined,
    allowedModes: [],
    requireAdapterCapabilities: [],
    maxSteps: undefined,
    labels: [],
    allowedAdapters: [],
    allowSelfApproval: undefined,
    humansOnly: undefined,
    groups: [],
    requireComment: undefined,
    maxApprovalLifetimeSeconds: undefined,
    requireSignedApprovals: undefined,
    ...changes,
  };
}

export const MATCHING: MatchingTemplate = { type: "MATCHING_TEMPLATE", overrides: undefined };
export const named = (name: string, overrides?: PolicyOverrides): PolicySource => ({
  type: "NAMED_TEMPLATE",
  name,
  overrides,
});

/** What a server makes of templates, over a store that others may share; it follows the store until the test has ended. */
export function templatesUnderTest(
  store: EventStore,
  options: { readonly clock?: Clock; readonly follows?: boolean } = {},
) {
  const { clock = SYSTEM_CLOCK, follows = true } = options;
  const log = createCapturedLog();
  const catalogue = createTemplateCatalogue({ store, clock, log });
  const stopping = new AbortController();
  const running = follows ? catalogue.run(stopping.signal) : undefined;
  const stop = async () => {
    stopping.abort();
    await running;
  };
  onTestFinished(stop);
  const ports = { store, clock, catalogue, newId: randomUUID };
  const make = createMakeTemplate(ports);
  const handle = createCommandHandler({
    ...ports,
    approverKeys: createApproverKeys({ store, clock, log }),
    logs: createDecisionLogs(store),
  });
  const findTemplates = createFindTemplates(ports);
  return {
    log,
    catalogue,
    make,
    stop,
    list: createListTemplates({ catalogue }),
    /** The names on the first page. */
    names: async () => (await catalogue.all()).templates.map(({ name }) => name),
    create: (name: string, matchLabels = "", changes: Partial<TemplateCreated> = {}) =>
      make(caller("alice"), name, created({ matchLabels: labels(matchLabels), ...changes })),
    /** A decision with a policy from somewhere; and what was recorded of its template. */
    async request(policy: PolicySource, on = "", who = caller("bob"), decisionId = newDecisionId()) {
      const command: Command = {
        type: "CREATE_DECISION",
        created: {
          type: "DECISION_CREATED",
          goal: "ship it",
          mode: "APPLY",
          plan: undefined,
          adapterId: "local",
          labels: labels(on),
        },
        policy,
      };
      const { decision, repeated } = await handle(who, decisionId, command, { findTemplates });
      return { decisionId, repeated, attached: decision.policy, use: decision.policy?.template };
    },
    attach: (decisionId: Parameters<typeof handle>[1], policy: PolicySource, who = caller("bob")) =>
      handle(who, decisionId, { type: "ATTACH_POLICY", policy }, { findTemplates }),
    handle,
  };
}

/** The event of a template as another server would store it, or somebody who owns the database. */
export function storedTemplate(name: string, changes: Partial<TemplateCreated> = {}): NewEvent {
  const { event, text, digest } = sealTemplate({
    eventId: randomUUID(),
    name,
    occurredAt: Date.UTC(2026, 0, 5, 9),
    actor: { type: "HUMAN", id: "alice" },
    delegate: undefined,
    requestId: "made-elsewhere",
    body: created(changes),
  });
  return { id: event.eventId, type: event.body.type, data: text, metadata: digestMetadata(digest) };
}

/** Puts an event into the stream of a template, whatever it says. */
export async function plant(store: EventStore, name: string, event: NewEvent, after: number | "none" = "none") {
  await store.append(templateStreamOf(name), after, [event]);
}
