import { Client, credentials, Metadata } from "@grpc/grpc-js";
import type { Call } from "./wire.ts";

const same = (bytes: Buffer) => bytes;

/** Calls over gRPC by the platform's standard client, on one connection. */
export function grpcCalls(url: string): Call {
  const client = new Client(new URL(url).host, credentials.createInsecure());
  return (path, actor, request) =>
    new Promise((resolve, reject) => {
      const metadata = new Metadata();
      metadata.set("nexus-actor", actor);
      client.makeUnaryRequest(path, same, same, request as Buffer, metadata, (error, answer) => {
        if (error === null && answer !== undefined) resolve(answer);
        else reject(error ?? new Error("no answer"));
      });
    });
}
