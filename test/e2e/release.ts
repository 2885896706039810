import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type {
  CreateDecisionRequest,
  CreateDecisionRequestSchema,
} from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import type { PolicySchema } from "../../gen/ts/nexus/attest/v1/policy_pb.ts";
import type { Clients, ServerUnderTest } from "../support/server-under-test.ts";

/** What CreateDecision can be given, as plain data. */
export type RequestInit = Exclude<MessageInitShape<typeof CreateDecisionRequestSchema>, CreateDecisionRequest>;

export const POLICY = {
  minApprovals: 2,
  allowedModes: [Mode.DRY_RUN, Mode.APPLY],
} satisfies MessageInitShape<typeof PolicySchema>;

export const STEP = {
  stepId: "config",
  intent: "put the new limit in place",
  call: {
    tool: "files",
    method: "write",
    argumentsJson: JSON.stringify({ path: "release/limit.txt", content: "250\n" }),
  },
};

/** A request that writes one file on the adapter `files`, under a policy that wants two approvals. */
export const RELEASE = {
  goal: "raise the limit to 250",
  mode: Mode.APPLY,
  adapterId: "files",
  plan: {
    steps: [STEP],
  },
  policySource: { case: "policy", value: POLICY },
} satisfies MessageInitShape<typeof CreateDecisionRequestSchema>;

/** Adapters that really do something, in a directory: `files` writes files, `waiting` works until it is let go. */
export function adaptersIn(directory: string) {
  const work = join(directory, "work");
  mkdirSync(work, { recursive: true });
  const adapter = (id: string, program: URL) => ({
    id,
    kind: "subprocess",
    capabilities: ["apply", "dry_run"],
    command: [process.execPath, program.pathname],
    cwd: work,
    terminateGraceSeconds: 1,
  });
  return {
    config: {
      adapters: [
        adapter("files", new URL("../../examples/file-adapter.mjs", import.meta.url)),
        adapter("waiting", new URL("waiting-adapter.mjs", import.meta.url)),
      ],
    },
    /** What the adapters wrote, or undefined. */
    read: (path: string) => (existsSync(join(work, path)) ? readFileSync(join(work, path), "utf8") : undefined),
    /** Lets the waiting adapter go. */
    go: () => writeFileSync(join(work, "go"), ""),
  };
}

/** A decision that bob requested. @returns its id. */
export async function requested(server: Pick<ServerUnderTest, "as">, overrides: RequestInit = {}): Promise<string> {
  const { decision } = await server.as("human:bob").decisions.createDecision({ ...RELEASE, ...overrides });
  if (decision === undefined) throw new Error("an answer without a decision");
  return decision.decisionId;
}

/** Approves a decision as each of these people. */
export async function approve(
  server: Pick<ServerUnderTest, "as">,
  decisionId: string,
  ...people: readonly string[]
): Promise<void> {
  for (const person of people) await server.as(`human:${person}`).decisions.grantApproval({ decisionId });
}

/** All events of a decision, over as many pages as it takes. */
export async function eventsOf({ decisions }: Clients, decisionId: string) {
  const events = [];
  for (let pageToken = ""; ; ) {
    const page = await decisions.listDecisionEvents({ decisionId, pageToken, pageSize: 1000 });
    events.push(...page.events.flatMap(({ event }) => (event === undefined ? [] : [event])));
    if (page.nextPageToken === "") return events;
    pageToken = page.nextPageToken;
  }
}
