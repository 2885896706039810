// The baseline: the least that a gRPC server on this platform can do. It answers the bytes that it is sent; nothing is decoded, checked or kept.
import { Server, ServerCredentials, type ServiceDefinition } from "@grpc/grpc-js";

const same = (bytes: Buffer) => bytes;
const ECHO: ServiceDefinition = {
  echo: {
    path: "/bench.Echo/Echo",
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  },
};

const server = new Server();
server.addService(ECHO, {
  echo: (call: { readonly request: Buffer }, answer: (error: null, bytes: Buffer) => void) =>
    answer(null, call.request),
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`echo serves on http://127.0.0.1:${port}\n`);
});
