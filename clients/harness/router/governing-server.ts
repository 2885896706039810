import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { PackageMode } from "../../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { AuditService } from "../../../gen/ts/nexus/attest/v1/audit_service_pb.ts";
import { DecisionService } from "../../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import type { DecisionEvent } from "../../../gen/ts/nexus/attest/v1/event_pb.ts";
import { DecisionState, DecisionStateSchema } from "../../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { Mode, type PlanSchema } from "../../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { eventually, startedByScenario } from "./scenario.ts";

const NEXUS_ATTEST = fileURLToPath(new URL("../../../nexus-attest", import.meta.url));

const OVER = [DecisionState.COMPLETED, DecisionState.FAILED, DecisionState.OUTCOME_UNKNOWN];

export type GoverningServer = Awaited<ReturnType<typeof governingServer>>;

/** A server of this checkout whose adapters are those of a router. */
export async function governingServer(
  directory: string,
  routers: readonly object[],
  execution: { readonly [key: string]: number } = {},
) {
  const config = join(directory, "server.json");
  let child: ChildProcess | undefined;
  let port = 0;
  await start();
  const as = (actor: string) => {
    const identify: Interceptor = (next) => (request) => {
      request.header.set("nexus-actor", actor);
      return next(request);
    };
    const transport = createGrpcTransport({
      baseUrl: `http://127.0.0.1:${port}`,
      interceptors: [identify],
      idleConnectionTimeoutMs: 500,
      readMaxBytes: 2 ** 26,
    });
    return { decisions: createClient(DecisionService, transport), audit: createClient(AuditService, transport) };
  };
  const you = as("human:you");

  return {
    as,
    start,
    url: () => `http://127.0.0.1:${port}`,
    async kill(): Promise<void> {
      const ended = once(child as ChildProcess, "exit");
      child?.kill("SIGKILL");
      await ended;
    },
    /** Requests, approves and executes. */
    async executed(
      plan: MessageInitShape<typeof PlanSchema>,
      { mode = Mode.APPLY, adapterId = "kit" }: { readonly mode?: Mode; readonly adapterId?: string } = {},
    ): Promise<string> {
      const value = { minApprovals: 1, allowedModes: [mode] };
      const request = { goal: "a goal", mode, adapterId, plan };
      const created = await you.decisions.createDecision({ ...request, policySource: { case: "policy", value } });
      const { decisionId = "", requestDigest = "" } = created.decision ?? {};
      await as("human:approver").decisions.grantApproval({ decisionId, requestDigest });
      await you.decisions.executeDecision({ decisionId });
      return decisionId;
    },
    /** Waits until a decision has come to a state. @returns its last event. */
    async reaches(decisionId: string, state: DecisionState): Promise<DecisionEvent["body"]> {
      return await eventually(`${decisionId} is ${nameOf(state)}`, async () => {
        const { decision } = await you.decisions.getDecision({ decisionId });
        const found = decision?.lifecycle?.state;
        const isOver = OVER.some((each) => each === found);
        if (isOver && found !== state) throw new Error(`it is ${nameOf(found)}: ${await lastEvent(decisionId)}`);
        return found === state && (await bodies(decisionId)).at(-1);
      });
    },
    export: async (decisionId: string) =>
      (await you.audit.exportAuditPackage({ decisionId, mode: PackageMode.EMBEDDED })).packageJson,
    /** The trust policy that names the server's key. */
    trustPolicy: () => JSON.parse(command("keys", "export", "--config", config).stdout) as object,
    /** Verifies a package offline. @returns exit code and output. */
    verify(packageJson: Uint8Array, trust: object): { readonly status: number | null; readonly stdout: string } {
      const [file, policy] = [join(directory, "package.json"), join(directory, "trust.json")];
      writeFileSync(file, packageJson);
      writeFileSync(policy, JSON.stringify(trust));
      return command("verify", file, "--trust", policy);
    },
  };

  async function start(): Promise<void> {
    const listen = `127.0.0.1:${port}`;
    writeFileSync(
      config,
      JSON.stringify({ listen, dataDir: join(directory, "data"), routers, execution, log: { level: "error" } }),
    );
    child = spawn(NEXUS_ATTEST, ["serve", "--config", config], { stdio: ["ignore", "pipe", "inherit"] });
    startedByScenario(child);
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const found = /serves on http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
      if (found === null) continue;
      port = Number(found[1]);
      return;
    }
    throw new Error("the server did not come up");
  }

  async function bodies(decisionId: string): Promise<DecisionEvent["body"][]> {
    const { events } = await you.decisions.listDecisionEvents({ decisionId });
    return events.flatMap(({ event }) => (event === undefined ? [] : [event.body]));
  }

  async function lastEvent(decisionId: string): Promise<string> {
    const body = (await bodies(decisionId)).at(-1);
    return JSON.stringify(body, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
  }
}

function nameOf(state: DecisionState | undefined): string {
  return DecisionStateSchema.value[state ?? 0]?.name ?? "of no known state";
}

function command(...words: readonly string[]): { readonly status: number | null; readonly stdout: string } {
  const { status, stdout, stderr } = spawnSync(NEXUS_ATTEST, words, { encoding: "utf8" });
  return { status, stdout: `${stdout}${stderr}` };
}
