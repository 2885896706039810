import { readFileSync } from "node:fs";
import gossipServices from "@eventstore/db-client/generated/gossip_grpc_pb.js";
import gossip from "@eventstore/db-client/generated/gossip_pb.js";
import featureServices from "@eventstore/db-client/generated/serverfeatures_grpc_pb.js";
import features from "@eventstore/db-client/generated/serverfeatures_pb.js";
import shared from "@eventstore/db-client/generated/shared_pb.js";
import streamServices from "@eventstore/db-client/generated/streams_grpc_pb.js";
import type { AppendReq, AppendResp, DeleteReq } from "@eventstore/db-client/generated/streams_pb.js";
import streams from "@eventstore/db-client/generated/streams_pb.js";
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServiceDefinition,
  type StatusObject,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { batchAppendHandler } from "./batch-append.ts";
import { type Call, createFaults, type Fault, type Faults } from "./faults.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { createNetwork, type Network } from "./network.ts";
import { answerRead, answerSubscription, type ReadCall, type Send, sender } from "./reading.ts";
import { appendAnswer, appendRequest, failed, notLeader, readRequest, textOf } from "./wire.ts";

/** An in-process server that speaks EventStoreDB's protocol; README.md says what it imitates and whence that is known. */
export interface Double {
  /** The way to it: what clients connect to. */
  readonly network: Network;
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** How often each call was made. */
  readonly calls: Readonly<Record<Call | "batchAppend" | "features", number>>;
  /** From where subscriptions were asked for, in order. */
  readonly subscribedFrom: readonly (bigint | "start" | "end")[];
  /** Appends, reads and subscriptions that have neither ended nor been cancelled. */
  readonly underWay: number;
  /** The authorization and requires-leader headers of the last call. */
  readonly lastHeaders: Readonly<Record<string, unknown>>;
  /** What gossip tells: by default this server alone, as leader. */
  members: readonly Member[];
  /** Whether it says where a stream ends when it is asked to: all do that our store knows, older ones do not. */
  saysWhereStreamsEnd: boolean;
  close(): Promise<void>;
}

export interface Member {
  readonly port: number;
  readonly state: "leader" | "follower";
  readonly alive: boolean;
}

/** The certificate of a double that speaks TLS, for localhost: made for these tests, of no use anywhere else, and its own authority. */
export const CERTIFICATE = new URL("tls/certificate.pem", import.meta.url).pathname;

function tlsCredentials(): ServerCredentials {
  const key = readFileSync(new URL("tls/key.pem", import.meta.url));
  return ServerCredentials.createSsl(null, [{ private_key: key, cert_chain: readFileSync(CERTIFICATE) }]);
}

export async function startDouble(ledger = createLedger(), { tls = false } = {}): Promise<Double> {
  const server = new Server({ "grpc.max_receive_message_length": 32 * 1024 * 1024 });
  const faults = createFaults();
  const calls = { append: 0, readStream: 0, readAll: 0, subscribe: 0, gossip: 0, batchAppend: 0, features: 0 };
  const subscribedFrom: (bigint | "start" | "end")[] = [];
  let underWay = 0;
  let lastHeaders: Record<string, unknown> = {};

  server.addService(letBytesThrough(streamServices.StreamsService), {
    append(call: ServerReadableStream<AppendReq, AppendResp>, callback: sendUnaryData<unknown>) {
      calls.append += 1;
      lastHeaders = call.metadata.getMap();
      begin(call);
      void answer(append(call), callback);
    },
    read: (call: ReadCall) => {
      lastHeaders = call.metadata.getMap();
      begin(call);
      void read(call).then((error) => (error === undefined ? call.end() : call.emit("error", error)));
    },
    batchAppend: batchAppendHandler(ledger, () => {
      calls.batchAppend += 1;
    }),
    delete: removal((stream) => ledger.softDelete(stream), streams.DeleteResp),
    tombstone: removal((stream) => ledger.tombstone(stream), streams.TombstoneResp),
  });
  server.addService(featureServices.ServerFeaturesService, {
    getSupportedMethods(_: unknown, callback: sendUnaryData<unknown>) {
      calls.features += 1;
      const methods = Object.values(streamServices.StreamsService).map(({ path }) => {
        const [, service = "", method = ""] = path.split("/");
        return new features.SupportedMethod().setServiceName(service).setMethodName(method.toLowerCase());
      });
      const answer = new features.SupportedMethods().setEventStoreServerVersion("24.6.0");
      callback(null, answer.setMethodsList(methods));
    },
  });
  server.addService(letBytesThrough(gossipServices.GossipService), {
    read(_: unknown, callback: sendUnaryData<unknown>) {
      calls.gossip += 1;
      const fault = faults.take("gossip");
      if (fault?.kind === "no answer") return;
      if (fault?.kind === "garbage") callback(null, fault.bytes);
      else callback(null, clusterInfo(double.members));
    },
  });

  const port = await new Promise<number>((done, fail) =>
    server.bindAsync("127.0.0.1:0", tls ? tlsCredentials() : ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? done(bound) : fail(error),
    ),
  );
  const network = await createNetwork({ host: "127.0.0.1", port });
  const double: Double = {
    network,
    ledger,
    faults,
    calls,
    subscribedFrom,
    get underWay() {
      return underWay;
    },
    get lastHeaders() {
      return lastHeaders;
    },
    saysWhereStreamsEnd: true,
    members: [{ port: network.port, state: "leader", alive: true }],
    async close() {
      await network.close();
      server.forceShutdown();
    },
  };
  return double;

  /** A call counts until its stream is closed, of which grpc-js speaks as cancelled whatever closed it. */
  function begin(call: ServerReadableStream<AppendReq, AppendResp> | ReadCall): void {
    underWay += 1;
    call.once("cancelled", () => (underWay -= 1));
  }

  async function answer(work: Promise<unknown>, callback: sendUnaryData<unknown>): Promise<void> {
    const result = await work;
    if (isStatus(result)) callback(result);
    else callback(null, result);
  }

  async function append(call: ServerReadableStream<AppendReq, AppendResp>): Promise<unknown> {
    const fault = faults.take("append");
    const messages: AppendReq[] = [];
    for await (const message of call) messages.push(message as AppendReq);
    const { stream, expected, events } = appendRequest(messages);
    const work = () => appendAnswer(stream, expected, ledger.append(stream, expected, events));
    if (fault === undefined) return work();
    switch (fault.kind) {
      case "late":
        await fault.until;
        return work();
      case "answer lost":
        work();
        return await forever();
      case "reset after the work":
        work();
        network.cut();
        return await forever();
      default:
        return await strike(fault);
    }
  }

  async function read(call: ReadCall): Promise<StatusObject | undefined> {
    const asked = readRequest(call.request);
    const request = { ...asked, saysWhereItEnds: asked.saysWhereItEnds && double.saysWhereStreamsEnd };
    const name = request.count === undefined ? "subscribe" : request.source === "all" ? "readAll" : "readStream";
    calls[name] += 1;
    if (name === "subscribe") subscribedFrom.push(request.from);
    const fault = faults.take(name);
    const send = faulty(sender(call), fault);
    switch (fault?.kind) {
      case "no answer":
      case "answer lost":
      case "not leader":
      case "status":
      case "reset after the work":
        return (await strike(fault)) as StatusObject;
      case "garbage":
        call.write(fault.bytes as never);
        return await forever();
      case "reset":
        if (fault.after === undefined) return (await strike(fault)) as StatusObject;
        break;
      case "late":
        await fault.until;
        break;
      case "clean end":
      case "silence":
      case "slow":
      case undefined:
    }
    return name === "subscribe"
      ? await answerSubscription(ledger, request, call, send)
      : await answerRead(ledger, request, send);
  }

  /** Sends as long as the fault lets it. */
  function faulty(send: Send, fault: Fault | undefined): Send {
    let sent = 0;
    return async (message) => {
      if (fault?.kind === "slow") await new Promise((done) => setTimeout(done, fault.pause));
      if (fault !== undefined && "after" in fault && fault.after !== undefined && sent >= fault.after) {
        if (fault.kind === "clean end") return false;
        if (fault.kind === "reset") network.cut();
        return await forever();
      }
      sent += 1;
      return await send(message);
    };
  }

  async function strike(fault: Fault): Promise<unknown> {
    switch (fault.kind) {
      case "not leader":
        return notLeader(fault.host, fault.port);
      case "status":
        await fault.until;
        return failed(fault.code, fault.details, fault.metadata);
      case "garbage":
        return fault.bytes;
      case "reset":
      case "reset after the work":
        network.cut();
        return await forever();
      default:
        return await forever();
    }
  }

  function removal(
    remove: (stream: string) => ReturnType<Ledger["softDelete"]>,
    Answer: typeof streams.DeleteResp | typeof streams.TombstoneResp,
  ): handleUnaryCall<DeleteReq, unknown> {
    return ({ request }, callback) => {
      const { kind } = remove(textOf(request.getOptions()?.getStreamIdentifier()?.getStreamName_asU8()));
      if (kind === "success") callback(null, new Answer().setNoPosition(new shared.Empty()));
      else callback(failed(status.FAILED_PRECONDITION, kind));
    };
  }
}

function forever(): Promise<never> {
  return new Promise(() => {});
}

function isStatus(answer: unknown): answer is StatusObject {
  return typeof answer === "object" && answer !== null && "code" in answer && "details" in answer;
}

function clusterInfo(members: readonly Member[]) {
  const { LEADER, FOLLOWER } = gossip.MemberInfo.VNodeState;
  const list = members.map(({ port, state, alive }) =>
    new gossip.MemberInfo()
      .setInstanceId(new shared.UUID().setString(crypto.randomUUID()))
      .setTimeStamp("0")
      .setState(state === "leader" ? LEADER : FOLLOWER)
      .setIsAlive(alive)
      .setHttpEndPoint(new gossip.EndPoint().setAddress("127.0.0.1").setPort(port)),
  );
  return new gossip.ClusterInfo().setMembersList(list);
}

/** The service, but that bytes in place of a message go over the wire as they are. */
function letBytesThrough(service: ServiceDefinition): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(service).map(([name, method]) => [
      name,
      {
        ...method,
        responseSerialize: (value: unknown) =>
          value instanceof Uint8Array ? Buffer.from(value) : method.responseSerialize(value),
      },
    ]),
  );
}
