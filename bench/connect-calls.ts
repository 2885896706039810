import { Agent, type IncomingMessage, request as open } from "node:http";
import type { Call } from "./wire.ts";

/** Calls over Connect: plain HTTP/1.1 POSTs of protobuf on kept-alive connections. */
export function connectCalls(url: string): Call {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const { hostname, port } = new URL(url);
  return (path, actor, body) =>
    new Promise((resolve, reject) => {
      const headers = {
        "content-type": "application/proto",
        "content-length": body.length,
        "connect-protocol-version": "1",
        "nexus-actor": actor,
      };
      const request = open({ agent, hostname, port, path, method: "POST", headers }, (response) => {
        collect(response).then((answer) => {
          if (response.statusCode === 200) resolve(answer);
          else reject(new Error(`HTTP ${response.statusCode}: ${answer.toString()}`));
        }, reject);
      });
      request.on("error", reject);
      request.end(body);
    });
}

function collect(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("end", () => resolve(Buffer.concat(chunks)));
    response.on("error", reject);
  });
}
