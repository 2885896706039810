import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventsOf } from "../e2e/release.ts";
import { doubleUnderTest } from "../eventstoredb/server-under-test.ts";
import { type ExecutionStage, executionStage, type StagedServer } from "./execution-stage.ts";
import { remoteRouter } from "./remote-router-process.ts";

/** How long another server's execution is left to it, in these tests. */
export const GRACE = { takeoverAfterSeconds: 1 };

export interface SharingStage extends ExecutionStage {
  /** The id of the server whose stage it is. */
  serverId(): string;
}

/**
 * Stages for servers that share a store and a remote router with the adapter `far`. Their local adapters have the same names, and each has its own directory for them.
 * The double, not a real server: there, the servers of other tests would take over what is left behind here.
 */
export async function sharedStage() {
  const { url } = await doubleUnderTest();
  const router = await remoteRouter();
  const stage = (): SharingStage => {
    const staged = executionStage({ config: { store: url, ...router.config } });
    return { ...staged, serverId: () => readFileSync(join(staged.data, "server-id"), "utf8").trimEnd() };
  };
  return { url, router, stage };
}

/** A decision's events from the gate on, as a server tells them: their kinds, and who claimed the run. */
export async function story(server: Pick<StagedServer, "as">, decisionId: string) {
  const events = await eventsOf(server.as("human:erin"), decisionId);
  const bodies = events.map(({ body }) => body);
  const claims = bodies.flatMap((body) => (body.case === "executionStarted" ? [body.value.serverId] : []));
  const kinds = bodies.map((body) => body.case ?? "").filter((kind) => kind.startsWith("execution"));
  return { kinds, claims };
}
