import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport, type GrpcTransportOptions } from "@connectrpc/connect-node";
import { Health, HealthCheckResponse_ServingStatus as Serving } from "../../../gen/ts/grpc/health/v1/health_pb.ts";
import { RouterService } from "../../../gen/ts/nexus/attest/v1/router_service_pb.ts";
import { eventually, type Surroundings, startedByScenario } from "./scenario.ts";

export interface RouterOptions {
  readonly signingKeyFile?: string;
  /** How `serve` is called, in the names of the Python kit. */
  readonly serving?: {
    readonly cert_file?: string;
    readonly key_file?: string;
    readonly client_ca_file?: string;
    readonly client_names?: readonly string[];
    readonly token_file?: string;
    readonly drain?: number;
  };
  /** How to connect, where it is not plain. */
  readonly connecting?: Partial<GrpcTransportOptions>;
}

export type RouterProcess = Awaited<ReturnType<typeof routerProcess>>;

/** The router under test, serving; always on the same port and in the same directory. */
export async function routerProcess({ command, directory }: Surroundings, options: RouterOptions = {}) {
  const port = await freePort();
  const url = `${options.serving?.cert_file === undefined ? "http" : "https"}://127.0.0.1:${port}`;
  const file = join(directory, "router.json");
  let child: ChildProcess | undefined;
  let words = "";
  const transportOf = (how: Partial<GrpcTransportOptions> = {}) =>
    createGrpcTransport({
      baseUrl: url,
      idleConnectionTimeoutMs: 500,
      readMaxBytes: 2 ** 26,
      ...options.connecting,
      ...how,
    });
  const router = {
    url,
    directory,
    client: createClient(RouterService, transportOf()),
    /** A client that connects in another way. */
    clientOf: (how: Partial<GrpcTransportOptions>) => createClient(RouterService, transportOf(how)),
    health: async (service = "") => (await createClient(Health, transportOf()).check({ service })).status,
    /** Starts it and resolves once it serves. */
    async start(): Promise<void> {
      launch();
      await eventually("the router serves", async () => {
        if (child?.exitCode !== null) throw new Error(`the router did not come up:\n${words}`);
        return await router.health().then(
          (status) => status === Serving.SERVING,
          () => undefined,
        );
      });
    },
    /** Starts it although it is not to come up. @returns what it says of that. */
    async startInVain(): Promise<string> {
      launch();
      const [code] = (await once(child as ChildProcess, "close")) as [number | null];
      if (code === 0) throw new Error("it came up, and ended well");
      return words;
    },
    async kill(): Promise<void> {
      const ended = once(child as ChildProcess, "close");
      child?.kill("SIGKILL");
      await ended;
    },
    /** SIGTERM. Resolves when it has ended. */
    async stop(): Promise<void> {
      const ended = once(child as ChildProcess, "close");
      child?.kill("SIGTERM");
      await ended;
    },
    /** What it wrote to standard error. */
    words: () => words,
    /** The calls of the function that carries steps out, a line each: decision, step, method, dry or apply. */
    calls: (decisionId = ""): readonly string[] => {
      const calls = join(directory, "calls");
      if (!existsSync(calls)) return [];
      return readFileSync(calls, "utf8")
        .split("\n")
        .filter((line) => line !== "" && line.startsWith(decisionId));
    },
    /** Lets the steps of a decision that wait go on. */
    go: (decisionId: string) => writeFileSync(join(directory, `go-${decisionId}`), ""),
  };
  return router;

  function launch(): void {
    const { signingKeyFile, serving = {} } = options;
    const given = { directory, listen: `127.0.0.1:${port}`, signing_key_file: signingKeyFile, serving };
    writeFileSync(file, JSON.stringify(given));
    const [program = "", ...args] = command;
    words = "";
    child = spawn(program, [...args, file], { stdio: ["ignore", "inherit", "pipe"] });
    startedByScenario(child);
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      words += text;
    });
  }
}

export async function servingRouter(surroundings: Surroundings, options: RouterOptions = {}): Promise<RouterProcess> {
  const router = await routerProcess(surroundings, options);
  await router.start();
  return router;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
