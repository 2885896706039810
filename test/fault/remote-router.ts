import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { create, type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { type Run, RunSchema, RunState } from "../../gen/ts/nexus/attest/v1/router_pb.ts";
import {
  type GetRunRequest,
  type GetRunResponse,
  RouterService,
  type RunRequest,
  RunRequestSchema,
  type RunResponse,
  RunResponseSchema,
} from "../../gen/ts/nexus/attest/v1/router_service_pb.ts";
import { toWireEnvelope } from "../../src/codec/dsse-envelope.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import { messageDigest } from "../../src/evidence/digests.ts";
import { signEnvelope } from "../../src/evidence/dsse.ts";
import { runStatement } from "../../src/evidence/run-statement.ts";
import { newSigningKey } from "../support/signing-key.ts";

/**
 * A remote router: runs last until the file `go` lies in its working directory, each leaves a line in `calls`, and what was accepted goes on whatever becomes of
 * the call. Every run that ends is signed. Prints its address once it serves, and its public key on the line after that.
 */
const { key, signer } = newSigningKey();
const runs = new Map<string, Run>();

async function carryOut(run: Run, request: RunRequest): Promise<void> {
  appendFileSync("calls", `${run.decisionId}\n`);
  while (!existsSync("go")) await sleep(10);
  run.state = RunState.SUCCEEDED;
  run.runBundle = new TextEncoder().encode(JSON.stringify({ run: run.runId }));
  run.runBundleMediaType = "application/json";
  const { decisionId, adapterId, runId, stepsExecuted } = run;
  const statement = runStatement({
    decisionId: decisionId as DecisionId,
    adapterId,
    runId,
    routerRequestDigest: messageDigest(RunRequestSchema, request),
    state: "SUCCEEDED",
    stepsExecuted,
    routerDigest: digestOf(run.runBundle),
  });
  run.signature = toWireEnvelope(signEnvelope(statement, signer));
}

async function run(call: ServerWritableStream<RunRequest, RunResponse>): Promise<void> {
  const { decisionId, adapterId } = call.request;
  if (runs.has(decisionId)) {
    call.destroy(new Error("this router knows the decision already"));
    return;
  }
  const run = create(RunSchema, { runId: `run-${decisionId}`, decisionId, adapterId, state: RunState.RUNNING });
  runs.set(decisionId, run);
  const answer = (kind: RunResponse["kind"]) => void call.write(create(RunResponseSchema, { kind }));
  answer({ case: "accepted", value: { $typeName: "nexus.attest.v1.RunAccepted", runId: run.runId } });
  await carryOut(run, call.request);
  answer({ case: "finished", value: { $typeName: "nexus.attest.v1.RunFinished", run } });
  call.end();
}

function getRun({ request }: ServerUnaryCall<GetRunRequest, GetRunResponse>, answer: sendUnaryData<object>): void {
  const { decisionId, fence } = request;
  const known = runs.get(decisionId);
  if (known === undefined && !fence) return answer({ code: 5, details: "there is no such run" });
  const run = known ?? create(RunSchema, { decisionId, state: RunState.NOT_STARTED });
  runs.set(decisionId, run);
  answer(null, { run });
}

const describeAdapter = ({ request }: { request: { adapterId: string } }, answer: sendUnaryData<object>) =>
  answer(null, { adapter: { adapterId: request.adapterId, capabilities: ["apply", "dry_run"], description: "" } });

function method<I extends DescMessage, O extends DescMessage>(
  { input, output, name }: { readonly input: I; readonly output: O; readonly name: string },
  responseStream: boolean,
) {
  return {
    path: `/${RouterService.typeName}/${name}`,
    requestStream: false,
    responseStream,
    requestSerialize: (message: MessageShape<I>) => Buffer.from(toBinary(input, message)),
    requestDeserialize: (bytes: Buffer) => fromBinary(input, bytes),
    responseSerialize: (message: MessageShape<O>) => Buffer.from(toBinary(output, create(output, message as never))),
    responseDeserialize: (bytes: Buffer) => fromBinary(output, bytes),
  };
}

const server = new Server();
server.addService(
  {
    describeAdapter: method(RouterService.method.describeAdapter, false),
    run: method(RouterService.method.run, true),
    getRun: method(RouterService.method.getRun, false),
  },
  { describeAdapter, run: (call: ServerWritableStream<RunRequest, RunResponse>) => void run(call), getRun },
);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`http://127.0.0.1:${port}\n${Buffer.from(key.bytes).toString("base64")}\n`);
});
