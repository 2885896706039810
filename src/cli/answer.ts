import { randomUUID } from "node:crypto";
import { type DescMessage, type MessageShape, toJsonString } from "@bufbuild/protobuf";
import type { Execution } from "../../gen/ts/nexus/attest/v1/decision_pb.ts";
import type { RecordedEvent } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import type { Lifecycle } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { parseId } from "./arguments.ts";
import { type Output, safe } from "./output.ts";
import { showLifecycle } from "./render.ts";

/** The option that every command which writes has. */
export const REQUEST_ID = ["--request-id <ID>", "idempotency key; default: a random one"] as const;

/** What every command on a decision begins with. */
export function common(id: string, options: Record<string, string | undefined>) {
  return { requestId: options["requestId"] ?? randomUUID(), decisionId: parseId(id), reason: options["reason"] ?? "" };
}

interface Written {
  readonly event?: RecordedEvent | undefined;
  readonly lifecycle?: Lifecycle | undefined;
  readonly execution?: Execution | undefined;
}

/** Shows what a command wrote and where the decision stands now. */
export function finish<Desc extends DescMessage>(
  output: Output,
  schema: Desc,
  response: MessageShape<Desc> & Written,
  decisionId: string,
): void {
  if (output.json) return printJson(output, schema, response);
  output.line(`seq ${response.event?.event?.seq} recorded, ${response.event?.digest}`);
  if (response.lifecycle !== undefined) showLifecycle(decisionId, response.lifecycle, output, response.execution);
  const failure = response.execution?.failureCode ?? "";
  if (failure !== "")
    output.line(`  ${output.style("red", failure)}: ${safe(response.execution?.failureMessage ?? "")}`);
}

/** A response as the API gives it. */
export function printJson<Desc extends DescMessage>(output: Output, schema: Desc, message: MessageShape<Desc>): void {
  output.line(toJsonString(schema, message, { prettySpaces: 2 }));
}
