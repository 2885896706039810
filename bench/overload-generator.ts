// Calls a server so many times a second, whether it answers or not, in a process of its own.
import { type ClientHttp2Session, connect } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { GetDecisionRequestSchema } from "../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { createDecisions, DECISION_SERVICE, encode, grantRequest } from "./decisions.ts";
import { grpcCalls } from "./grpc-calls.ts";
import type { Call } from "./wire.ts";

/** To a generator, which answers "prepared" or an {@link OverloadSpell}. */
export type OverloadMessage =
  | { readonly kind: "prepare"; readonly url: string; readonly decisions: number; readonly approvals: number }
  | { readonly kind: "closed"; readonly inFlight: number; readonly milliseconds: number }
  | { readonly kind: "open"; readonly callsPerSecond: number; readonly warmUp: number; readonly milliseconds: number };

export interface OverloadSpell {
  /** Of every call that was served, in milliseconds, from when it was due to be sent; without those of the warm-up. */
  readonly served: Float64Array;
  /** Of every call that was refused because of overload. */
  readonly refused: Float64Array;
  /** Calls that ended in any other way. */
  readonly failed: number;
  readonly milliseconds: number;
}

const CONNECTIONS = 8;

/** How often calls that are due are sent, in milliseconds. */
const TICK = 2;

/** How long answers are waited for that have not come when the spell is over, in milliseconds. */
const PATIENCE = 60_000;

let url = "";
let sessions: ClientHttp2Session[] = [];
let bodies: readonly Uint8Array[] = [];
let sent = 0;

process.on("message", (message: OverloadMessage) => {
  answer(message).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit());

function connected(): ClientHttp2Session {
  // Its calls say what became of them; the next one takes a new connection.
  return connect(url).on("error", () => undefined);
}

async function answer(message: OverloadMessage): Promise<OverloadSpell | "prepared"> {
  switch (message.kind) {
    case "prepare": {
      const call = patient(grpcCalls(message.url));
      const ids = await createDecisions(call, message.decisions);
      for (let index = 0; index < message.approvals; index++)
        await Promise.all(
          ids.map((id) => call(`${DECISION_SERVICE}/GrantApproval`, `human:approver-${index}`, grantRequest(id))),
        );
      url = message.url;
      sessions = Array.from({ length: CONNECTIONS }, connected);
      bodies = ids.map((decisionId) => enveloped(encode(GetDecisionRequestSchema, { decisionId })));
      return "prepared";
    }
    case "closed":
      return await spell(message.milliseconds, async (count, from) => {
        const until = from + message.milliseconds;
        const one = async () => {
          while (performance.now() < until) await count(performance.now());
        };
        await Promise.all(Array.from({ length: message.inFlight }, one));
      });
    case "open":
      return await spell(message.milliseconds, async (count, from) => {
        const interval = 1000 / message.callsPerSecond;
        const measuredFrom = from + message.warmUp;
        const until = measuredFrom + message.milliseconds;
        const pending = new Set<Promise<unknown>>();
        for (let due = performance.now(); due < until; await sleep(TICK))
          for (; due <= performance.now(); due += interval) {
            const ended = (due < measuredFrom ? make() : count(due)).finally(() => pending.delete(ended));
            pending.add(ended);
          }
        await Promise.race([Promise.all(pending), sleep(PATIENCE)]);
      });
  }
}

/** Repeats a call that was refused: what is prepared is not what is measured. */
function patient(call: Call): Call {
  return async (path, actor, request) => {
    for (let left = 60; ; left--)
      try {
        return await call(path, actor, request);
      } catch (error) {
        if (left === 0) throw error;
        await sleep(500);
      }
  };
}

async function spell(
  milliseconds: number,
  run: (count: (due: number) => Promise<void>, from: number) => Promise<void>,
): Promise<OverloadSpell> {
  const served: number[] = [];
  const refused: number[] = [];
  let made = 0;
  await run(async (due) => {
    made += 1;
    const status = await make();
    if (status === "0") served.push(performance.now() - due);
    else if (status === "14") refused.push(performance.now() - due);
  }, performance.now());
  return {
    served: Float64Array.from(served),
    refused: Float64Array.from(refused),
    failed: made - served.length - refused.length,
    milliseconds,
  };
}

/** Makes a call with node:http2 alone, which costs little. @returns its gRPC status, or what went wrong. */
function make(): Promise<string> {
  const place = sent % sessions.length;
  const known = sessions[place];
  const body = bodies[sent % bodies.length];
  sent += 1;
  if (known === undefined || body === undefined) throw new RangeError("nothing was prepared");
  const session = known.destroyed || known.closed ? connected() : known;
  sessions[place] = session;
  return new Promise((resolve) => {
    const stream = session.request({
      ":method": "POST",
      ":path": `${DECISION_SERVICE}/GetDecision`,
      "content-type": "application/grpc",
      te: "trailers",
      "nexus-actor": "human:alice",
    });
    const note = (headers: { readonly "grpc-status"?: unknown }) => {
      if (typeof headers["grpc-status"] === "string") resolve(headers["grpc-status"]);
    };
    stream
      .on("response", note)
      .on("trailers", note)
      .on("error", ({ message }) => resolve(message));
    stream.on("close", () => resolve("closed")).resume();
    stream.end(body);
  });
}

function enveloped(message: Uint8Array): Uint8Array {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
