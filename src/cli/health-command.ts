import { toJson } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Command } from "commander";
import {
  type HealthCheckResponse,
  HealthCheckResponseSchema,
  HealthCheckResponse_ServingStatus as Status,
  HealthCheckResponse_ServingStatusSchema as StatusSchema,
} from "../../gen/ts/grpc/health/v1/health_pb.ts";
import { INDEX_HEALTH, LAG_HEADERS } from "../rpc/index-health.ts";
import type { Clients } from "./client.ts";
import { EXIT } from "./failure.ts";
import { openSession } from "./globals.ts";
import { safe } from "./output.ts";

/** The health probe, for containers and scripts that have no other. */
export function addHealthCommand(program: Command, done: (exitCode: number) => void): void {
  program
    .command("health")
    .description("whether the server serves")
    .option("--service <NAME>", `of one service alone, such as ${INDEX_HEALTH}`)
    .action(async ({ service = "" }: { readonly service?: string }, command: Command) => {
      const { clients, output } = openSession(command);
      const asked = await check(clients, service);
      const index = service === "" ? await indexOf(clients) : indexIn(asked);
      if (output.json) output.line(JSON.stringify({ ...asJson(asked), ...(index && { index }) }));
      else {
        output.line(nameOf(asked.response));
        if (index !== undefined) output.line(safe(inWords(index)));
      }
      done(asked.response.status === Status.SERVING ? EXIT.ok : EXIT.unavailable);
    });
}

interface Checked {
  readonly response: HealthCheckResponse;
  readonly headers: Headers;
}

interface IndexHealth {
  readonly status: string;
  readonly lagSeconds: number;
  readonly lagEvents: number;
  readonly position: string;
}

async function check(clients: Clients, service: string): Promise<Checked> {
  let headers = new Headers();
  const onHeader = (received: Headers) => {
    headers = received;
  };
  return { response: await clients.health.check({ service }, { onHeader }), headers };
}

/** Undefined of a server that does not tell. */
async function indexOf(clients: Clients): Promise<IndexHealth | undefined> {
  try {
    return indexIn(await check(clients, INDEX_HEALTH));
  } catch (error) {
    if (error instanceof ConnectError && error.code === Code.NotFound) return undefined;
    throw error;
  }
}

function indexIn({ response, headers }: Checked): IndexHealth | undefined {
  const [seconds, events] = [headers.get(LAG_HEADERS.seconds), headers.get(LAG_HEADERS.events)];
  if (seconds === null || events === null) return undefined;
  const position = headers.get(LAG_HEADERS.position) ?? "";
  return { status: nameOf(response), lagSeconds: Number(seconds), lagEvents: Number(events), position };
}

function inWords({ status, lagSeconds, lagEvents, position }: IndexHealth): string {
  const lag = lagSeconds === 0 && lagEvents === 0 ? "up to date" : `${lagSeconds} s behind, ${lagEvents} events`;
  return `index: ${status}, ${lag}${position === "" ? "" : `, at ${position}`}`;
}

function asJson({ response }: Checked): object {
  return toJson(HealthCheckResponseSchema, response) as object;
}

function nameOf({ status }: HealthCheckResponse): string {
  return StatusSchema.value[status]?.name ?? `${status}`;
}
