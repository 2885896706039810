import { readFileSync, writeSync } from "node:fs";
import { text } from "node:stream/consumers";
import { create, type DescMessage, fromBinary, fromJson, type JsonValue, toBinary, toJson } from "@bufbuild/protobuf";
import {
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { RunSchema, RunState } from "../../../gen/ts/nexus/attest/v1/router_pb.ts";
import { RouterService, RunResponseSchema } from "../../../gen/ts/nexus/attest/v1/router_service_pb.ts";

/** What the router does with a call, act by act. `$decision` in what it says stands for the decision that it was asked about. */
export type Act =
  /** Says a message, as ProtoJSON. */
  | { readonly say: JsonValue }
  /** Says the same as often as that, as fast as it is taken. */
  | { readonly flood: JsonValue; readonly times: number }
  /** Says that the run has ended, with a bundle of so many bytes. */
  | { readonly huge: number }
  | { readonly fail: number; readonly message: string }
  | { readonly pause: number }
  | "end"
  | "die"
  | "hang";

/** Its port, whom it lets in, and what it does with each method; a method without a script hangs. */
export interface Script {
  readonly port?: number;
  /** Over TLS; with `clientCaFile` only whoever shows a certificate of that authority. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string; readonly clientCaFile?: string };
  /** Only whoever brings the bearer token that the file holds at that moment. */
  readonly tokenFile?: string;
  readonly DescribeAdapter?: readonly Act[];
  readonly Run?: readonly Act[];
  readonly GetRun?: readonly Act[];
}

/** What the program tells on standard output, a line of JSON each. */
export type Told =
  | { readonly event: "serving"; readonly port: number }
  | {
      readonly event: "called";
      readonly method: string;
      readonly request: Readonly<Record<string, unknown>>;
      /** Milliseconds that the caller gives it; null: as long as it takes. */
      readonly deadline: number | null;
    }
  | { readonly event: "not let in"; readonly method: string }
  | { readonly event: "cancelled"; readonly method: string };

type Message = ReturnType<typeof create>;
type Method = (typeof RouterService.methods)[number];
type Call = Pick<ServerUnaryCall<Message, Message>, "request" | "getDeadline" | "metadata"> & {
  on(event: "cancelled", listener: () => void): unknown;
};
type Say = (message: Message) => Promise<void>;
type Fail = (error: { code: number; details: string }) => void;

/** A remote router that does as its script on standard input says, good or bad, served by another gRPC library than ours, in a process of its own. */
if (process.argv[1] === import.meta.filename) {
  const script = JSON.parse(await text(process.stdin)) as Script;
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  const methods = RouterService.methods.map((method) => [method.name, definition(method)] as const);
  server.addService(
    Object.fromEntries(methods),
    Object.fromEntries(RouterService.methods.map((method) => [method.name, handler(method, script)])),
  );
  server.bindAsync(`127.0.0.1:${script.port ?? 0}`, credentialsOf(script), (error, port) => {
    if (error !== null) throw error;
    tell({ event: "serving", port });
  });
}

function credentialsOf({ tls }: Script): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const { certFile, keyFile, clientCaFile } = tls;
  const pair = { cert_chain: readFileSync(certFile), private_key: readFileSync(keyFile) };
  const roots = clientCaFile === undefined ? null : readFileSync(clientCaFile);
  return ServerCredentials.createSsl(roots, [pair], roots !== null);
}

function isLetIn({ tokenFile }: Script, { metadata }: Call): boolean {
  return (
    tokenFile === undefined ||
    metadata.get("authorization").join() === `Bearer ${readFileSync(tokenFile, "utf8").trim()}`
  );
}

function tell(told: Told): void {
  writeSync(1, `${JSON.stringify(told)}\n`);
}

function definition({ name, input, output, methodKind }: Method): MethodDefinition<Message, Message> {
  const serialize = (schema: DescMessage) => (message: Message) => Buffer.from(toBinary(schema, message));
  const deserialize = (schema: DescMessage) => (bytes: Buffer) => fromBinary(schema, bytes);
  return {
    path: `/${RouterService.typeName}/${name}`,
    requestStream: false,
    responseStream: methodKind === "server_streaming",
    requestSerialize: serialize(input),
    requestDeserialize: deserialize(input),
    responseSerialize: serialize(output),
    responseDeserialize: deserialize(output),
  };
}

function handler(method: Method, script: Script) {
  const { name, input, methodKind } = method;
  const begin = (call: Call): string => {
    if (!isLetIn(script, call)) return "";
    const request = toJson(input, call.request) as { readonly decisionId?: string };
    const at = call.getDeadline();
    tell({
      event: "called",
      method: name,
      request,
      deadline: at === Number.POSITIVE_INFINITY ? null : Number(at) - Date.now(),
    });
    call.on("cancelled", () => tell({ event: "cancelled", method: name }));
    return request.decisionId ?? "";
  };
  const scripted = script[name as "Run"] ?? ["hang"];
  const actsFor = (call: Call): readonly Act[] => {
    if (isLetIn(script, call)) return scripted;
    tell({ event: "not let in", method: name });
    return [{ fail: 16, message: "this router does not know the token" }];
  };
  if (methodKind === "server_streaming")
    return (call: ServerWritableStream<Message, Message>) => {
      const say: Say = async (message) => {
        if (!call.write(message)) await new Promise((resolve) => call.once("drain", resolve));
      };
      const fail: Fail = (error) => void call.emit("error", error);
      void perform(actsFor(call), method, begin(call), say, fail, () => call.end());
    };
  return (call: ServerUnaryCall<Message, Message>, answer: sendUnaryData<Message>) => {
    const say: Say = async (message) => answer(null, message);
    void perform(
      actsFor(call),
      method,
      begin(call),
      say,
      (error) => answer(error),
      () => undefined,
    );
  };
}

async function perform(
  acts: readonly Act[],
  { output }: Method,
  decisionId: string,
  say: Say,
  fail: Fail,
  end: () => void,
): Promise<void> {
  const read = (json: JsonValue) =>
    fromJson(output, JSON.parse(JSON.stringify(json).replaceAll("$decision", decisionId)) as JsonValue);
  for (const act of acts) {
    if (act === "hang") return;
    if (act === "end") return end();
    if (act === "die") return void process.kill(process.pid, "SIGKILL");
    if ("say" in act) await say(read(act.say));
    else if ("flood" in act) for (let n = 0; n < act.times; n++) await say(read(act.flood));
    else if ("pause" in act) await new Promise((resolve) => setTimeout(resolve, act.pause));
    else if ("huge" in act) {
      const run = create(RunSchema, {
        decisionId,
        runId: "run-1",
        adapterId: "remote",
        state: RunState.SUCCEEDED,
        runBundleMediaType: "text/plain",
        runBundle: new Uint8Array(act.huge),
      });
      await say(create(RunResponseSchema, { kind: { case: "finished", value: { run } } }));
    } else return fail({ code: act.fail, details: act.message });
  }
}
