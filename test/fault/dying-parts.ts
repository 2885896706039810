import type { EventStore } from "../../src/app/event-store.ts";
import { openStores as openRealStores, type Stores } from "../../src/open-stores.ts";
import { createGrpcRouter as createRealGrpcRouter, type RemoteRouter } from "../../src/router/grpc/grpc-router.ts";
import { openRunLog as openRealRunLog, type RunLog } from "../../src/router/local/run-log.ts";

// Whatever else the replaced modules export stays as it is.
export * from "../../src/open-stores.ts";
export * from "../../src/router/grpc/grpc-router.ts";
export * from "../../src/router/local/run-log.ts";

let hasStopped = false;

/**
 * Dies on the spot, as by kill -9, if this is the point to die at: nothing of what comes after it happens. If it is the point to stop at, the process stands
 * still, once, until it gets SIGCONT.
 */
function dieAt(point: string): void {
  if (process.env["STOPS_AT"] === point && !hasStopped) {
    hasStopped = true;
    process.kill(process.pid, "SIGSTOP");
  }
  if (process.env["DIES_AT"] !== point) return;
  process.kill(process.pid, "SIGKILL");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** The stores: points `before` and `after` each type of event, and each append of an import by its number. */
export async function openStores(...given: Parameters<typeof openRealStores>): Promise<Stores> {
  const { store, ...rest } = await openRealStores(...given);
  let imported = 0;
  const append: EventStore["append"] = async (stream, expected, events, options) => {
    const points = stream.startsWith("imported-") ? [`import append ${++imported}`] : events.map(({ type }) => type);
    for (const point of points) dieAt(`before ${point}`);
    const result = await store.append(stream, expected, events, options);
    for (const point of points) dieAt(`after ${point}`);
    return result;
  };
  return { store: { ...store, append }, ...rest };
}

/** The local router's run log: points `before` and `after` each of its writes. */
export function openRunLog(...call: Parameters<typeof openRealRunLog>): RunLog {
  const log = openRealRunLog(...call);
  return {
    ...log,
    accept: (run) => around("run accepted", () => log.accept(run)),
    fence: (decisionId, at) => around("run fenced", () => log.fence(decisionId, at)),
    stepBegun: (decisionId) => around("step begun", () => log.stepBegun(decisionId)),
    stepEnded: (decisionId, step) => around("step ended", () => log.stepEnded(decisionId, step)),
    end: (decisionId, end) => around("run ended", () => log.end(decisionId, end)),
  };
}

function around<Result>(point: string, write: () => Result): Result {
  dieAt(`before ${point}`);
  const result = write();
  dieAt(`after ${point}`);
  return result;
}

/** A remote router: points `before remote run`, and `after remote` each kind of message of the run. */
export function createGrpcRouter(options: Parameters<typeof createRealGrpcRouter>[0]): RemoteRouter {
  const router = createRealGrpcRouter(options);
  return {
    ...router,
    async *run(request, options) {
      dieAt("before remote run");
      for await (const message of router.run(request, options)) {
        dieAt(`after remote ${message.kind}`);
        yield message;
      }
    },
  };
}
