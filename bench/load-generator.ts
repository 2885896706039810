// Calls a server as fast as it answers, with so many calls in flight, in a process of its own: what calling costs is not the server's.
import { connectCalls } from "./connect-calls.ts";
import { grpcCalls } from "./grpc-calls.ts";
import type { LoadMessage, Spell } from "./load.ts";
import { type Next, prepare } from "./subjects.ts";

let next: Next = () => Promise.reject(new Error("nothing was prepared"));

process.on("message", (message: LoadMessage) => {
  answer(message).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit());

async function answer(message: LoadMessage): Promise<Spell | "prepared"> {
  if (message.kind === "run") return await closedLoop(message.inFlight, message.milliseconds);
  const { protocol, url, subject } = message;
  next = await prepare(subject, protocol === "grpc" ? grpcCalls(url) : connectCalls(url));
  return "prepared";
}

/** Keeps so many calls in flight for a time. */
async function closedLoop(inFlight: number, milliseconds: number): Promise<Spell> {
  const latencies: number[] = [];
  const begun = performance.now();
  const until = begun + milliseconds;
  let ended = begun;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let sent = begun; sent < until; sent = ended) {
        await next();
        ended = performance.now();
        latencies.push(ended - sent);
      }
    }),
  );
  return { latencies: Float64Array.from(latencies), milliseconds: ended - begun };
}
