// Many watchers of one decision, in a process of its own. Counts what they are told.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, type ClientReadableStream, credentials, Metadata } from "@grpc/grpc-js";
import {
  WatchDecisionRequestSchema,
  WatchDecisionResponseSchema,
} from "../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import type { WatchMessage } from "./fan-out.ts";

const PATH = "/nexus.attest.v1.DecisionService/WatchDecision";
const same = (bytes: Buffer) => bytes;

/** How a message begins whose kind is an event: field 1, length-delimited. */
const EVENT = 0x0a;

/** Resolves when every watcher has been told of so many events. */
let counting = { wanted: 0, told: Promise.withResolvers<void>() };
let events = 0;

process.on("message", (message: WatchMessage) => {
  answer(message).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit());

async function answer(message: WatchMessage): Promise<unknown> {
  switch (message.kind) {
    case "open":
      await open(message);
      return "caught up";
    case "expect":
      events = 0;
      counting = { wanted: message.events, told: Promise.withResolvers() };
      return "counting";
    case "told":
      await counting.told.promise;
      return "told";
  }
}

/** Opens all watches, shared out over connections, and waits until each has caught up. */
async function open({ url, decisionId, watchers, connections }: Extract<WatchMessage, { readonly kind: "open" }>) {
  const request = Buffer.from(toBinary(WatchDecisionRequestSchema, create(WatchDecisionRequestSchema, { decisionId })));
  const metadata = new Metadata();
  metadata.set("nexus-actor", "human:alice");
  const clients = Array.from(
    { length: connections },
    () => new Client(new URL(url).host, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 }),
  );
  await Promise.all(
    Array.from({ length: watchers }, (_, index) => {
      const client = clients[index % connections];
      if (client === undefined) throw new RangeError("no connection");
      return watch(client.makeServerStreamRequest(PATH, same, same, request, metadata));
    }),
  );
}

function watch(stream: ClientReadableStream<Buffer>): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.on("error", reject);
    stream.on("data", (bytes: Buffer) => {
      // Decoding a thousand times what is only counted would measure this process. Before it counts, it looks closely.
      if (counting.wanted === 0) {
        if (fromBinary(WatchDecisionResponseSchema, bytes).kind.case === "caughtUp") resolve();
      } else if (bytes[0] === EVENT && ++events === counting.wanted) counting.told.resolve();
    });
  });
}
