import { spawn } from "node:child_process";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { Health, HealthCheckResponse_ServingStatus as Serving } from "../../../gen/ts/grpc/health/v1/health_pb.ts";
import { RouterService } from "../../../gen/ts/nexus/attest/v1/router_service_pb.ts";
import { governingServer } from "./governing-server.ts";
import { getRun } from "./requests.ts";
import { freePort } from "./router-process.ts";
import { eventually, type Surroundings, startedByScenario } from "./scenario.ts";

interface CommandOutput {
  readonly exit_code: number;
  readonly stdout: { readonly tail: string; readonly bytes: number };
  readonly stderr: { readonly tail: string };
}

/** An example, serving, and a server that has its adapter. */
export async function governedExample(
  { command, directory }: Surroundings,
  adapterId: string,
  env: Readonly<Record<string, string>>,
) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const [program = "", ...words] = command;
  const surroundings = { LISTEN: `127.0.0.1:${port}`, RUN_LOG: join(directory, "runs"), ...env };
  startedByScenario(
    spawn(program, words, {
      cwd: directory,
      stdio: ["ignore", "inherit", "ignore"],
      env: { ...process.env, ...surroundings },
    }),
  );
  const transport = createGrpcTransport({ baseUrl: url, idleConnectionTimeoutMs: 500, readMaxBytes: 2 ** 26 });
  await serves(url);
  const server = await governingServer(directory, [{ name: "example", url, adapters: [adapterId] }]);
  const router = createClient(RouterService, transport);
  return {
    server,
    /** What the run bundle keeps of a step's command. */
    outputOf: async (decisionId: string, index = 0): Promise<CommandOutput> => {
      const { runBundle } = await getRun(router, decisionId);
      const { steps } = JSON.parse(new TextDecoder().decode(runBundle)) as {
        steps: readonly { output_json: string }[];
      };
      return JSON.parse(steps[index]?.output_json ?? "null") as CommandOutput;
    },
  };
}

/** Resolves once a router serves there. */
export async function serves(url: string): Promise<void> {
  const health = createClient(Health, createGrpcTransport({ baseUrl: url, idleConnectionTimeoutMs: 500 }));
  await eventually("the example serves", () =>
    health.check({}).then(
      ({ status }) => status === Serving.SERVING,
      () => undefined,
    ),
  );
}
