import { toJsonString } from "@bufbuild/protobuf";
import type { Command } from "commander";
import {
  HealthCheckResponseSchema,
  HealthCheckResponse_ServingStatus as Status,
  HealthCheckResponse_ServingStatusSchema as StatusSchema,
} from "../../gen/ts/grpc/health/v1/health_pb.ts";
import { EXIT } from "./failure.ts";
import { openSession } from "./globals.ts";

/** The health probe, for containers and scripts that have no other. */
export function addHealthCommand(program: Command, done: (exitCode: number) => void): void {
  program
    .command("health")
    .description("whether the server serves")
    .action(async (_options: object, command: Command) => {
      const { clients, output } = openSession(command);
      const response = await clients.health.check({});
      const status = StatusSchema.value[response.status]?.name ?? `${response.status}`;
      output.line(output.json ? toJsonString(HealthCheckResponseSchema, response) : status);
      done(response.status === Status.SERVING ? EXIT.ok : EXIT.unavailable);
    });
}
