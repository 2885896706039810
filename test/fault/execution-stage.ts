import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { nameOf } from "../../src/codec/enums.ts";
import { adaptersIn, approve, eventsOf, type RequestInit, requested } from "../e2e/release.ts";
import { asIfKilled, behindItsBack, eventsFile } from "../store/sqlite/raw-file.ts";
import { eventually } from "../support/eventually.ts";
import { type ServerProcess, serverProcess } from "../support/server-process.ts";
import { type Clients, clientsOf } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

export interface StagedServer extends ServerProcess {
  as(actor: string): Clients;
}

export type ExecutionStage = ReturnType<typeof executionStage>;

const DYING_SERVER = new URL("./dying-server.ts", import.meta.url).pathname;

/**
 * A data directory and adapters, for one server process after the other.
 *
 * @param options.data where the server keeps everything, if not in a directory of the stage's own.
 * @param options.program what is run in place of the command line.
 */
export function executionStage(
  options: { readonly config?: object; readonly data?: string; readonly program?: string } = {},
) {
  const { config, program } = options;
  const directory = temporaryDirectory();
  const data = options.data ?? join(directory, "data");
  const adapters = adaptersIn(directory);
  return {
    directory,
    data,
    adapters,
    calls: () => adapters.read("calls")?.trim().split("\n").length ?? 0,

    /** Starts a server as an operator does; with `diesAt` one that dies at that point, with `stopsAt` one that stands still there. */
    async start(
      options: {
        readonly diesAt?: string;
        readonly stopsAt?: string;
        readonly execution?: object;
        readonly listen?: string;
      } = {},
    ) {
      const { diesAt, stopsAt, execution = {}, listen = "127.0.0.1:0" } = options;
      const file = join(directory, "config.json");
      writeFileSync(file, JSON.stringify({ listen, dataDir: data, ...adapters.config, execution, ...config }));
      const other = program === undefined ? {} : { program };
      const env = { DIES_AT: diesAt ?? "", STOPS_AT: stopsAt ?? "" };
      const faulty = (diesAt ?? stopsAt) === undefined ? other : { program: DYING_SERVER, env };
      const server = await serverProcess({ args: ["--config", file], cwd: directory, ...faulty });
      return { ...server, as: (actor: string) => clientsOf(server.url, actor) };
    },

    /** The types of the events in the store from the gate on, without a server. */
    stored(decisionId: string): readonly string[] {
      const copy = asIfKilled(data, join(temporaryDirectory(), "copy"));
      const rows = behindItsBack(eventsFile(copy), (database) =>
        database
          .prepare(
            "SELECT e.type FROM events e JOIN streams s ON s.id = e.stream_id WHERE s.name = ? ORDER BY e.revision",
          )
          .all(`decision-${decisionId}`),
      );
      return rows.map(({ type }) => String(type)).filter((type) => type.startsWith("EXECUTION_"));
    },

    /** The adapter programs of this stage that are still running, by their command lines. */
    running: () =>
      execFileSync("ps", ["-A", "-ww", "-o", "args="], { encoding: "utf8" })
        .split("\n")
        .filter((line) => line.includes(directory) && line.includes("-adapter.mjs")),
  };
}

/** A decision of bob's that two people have approved. @returns its id. */
export async function approved(server: Pick<StagedServer, "as">, request: RequestInit = {}): Promise<string> {
  const decisionId = await requested(server, { adapterId: "waiting", ...request });
  await approve(server, decisionId, "carol", "dave");
  return decisionId;
}

export const GATE_KEY = "run-it";

/** Executes a decision, always by the same request. */
export async function execute(server: Pick<StagedServer, "as">, decisionId: string, seconds = 0) {
  const wait = seconds === 0 ? {} : { wait: { seconds: BigInt(seconds) } };
  return await server.as("human:bob").decisions.executeDecision({ decisionId, requestId: GATE_KEY, ...wait });
}

/** Waits until a decision is no longer EXECUTING. @returns the name of its state, and the body of its last event. */
export async function outcome(server: Pick<StagedServer, "as">, decisionId: string) {
  const { decisions } = server.as("human:bob");
  const state = await eventually(
    "an outcome",
    async () => {
      const { decision } = await decisions.getDecision({ decisionId });
      const state = nameOf(DecisionState, decision?.lifecycle?.state ?? DecisionState.UNSPECIFIED, "state");
      return state !== "EXECUTING" && state;
    },
    60_000,
  );
  const last = (await eventsOf(server.as("human:bob"), decisionId)).at(-1)?.body;
  return { state, last };
}
