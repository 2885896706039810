import { clone, equals } from "@bufbuild/protobuf";
import { type CallOptions, type Client, Code } from "@connectrpc/connect";
import {
  type DecisionFilter,
  type DecisionService,
  LifecycleCause,
  type WatchDecisionResponse,
  type WatchDecisionsResponse,
} from "../gen/nexus/attest/v1/decision_service_pb.js";
import { type Lifecycle, LifecycleSchema } from "../gen/nexus/attest/v1/lifecycle_pb.js";
import { AttestError, ownFaultIn, toAttestError } from "./errors.js";
import { type Backoff, createBackoff, endsWatch, sleep } from "./retry.js";

/** Messages of one connection; `undefined` as its end says that the server ended it in good order. */
type Open<Message> = (options: CallOptions) => AsyncIterable<Message>;

/** See AttestClient.watch. */
export async function* watch(
  decisions: Client<typeof DecisionService>,
  decisionId: string,
  fromSeq: number,
  silence: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<WatchDecisionResponse, void, undefined> {
  let next = fromSeq;
  let digest = "";
  let caughtUp = false;
  let known: Lifecycle | undefined;
  const open: Open<WatchDecisionResponse> = (options) =>
    decisions.watchDecision({ decisionId, fromSeq: next }, options);
  yield* follow(open, isNew, silence, signal, createBackoff());

  function isNew({ kind }: WatchDecisionResponse): boolean {
    switch (kind.case) {
      case "event": {
        const seq = kind.value.event?.seq ?? 0;
        if (seq > next) throw new AttestError(Code.DataLoss, `event ${next} was to come, and ${seq} came`);
        if (seq < next) return false;
        if (digest !== "" && kind.value.event?.previousDigest !== digest)
          throw new AttestError(
            Code.DataLoss,
            `event ${seq} does not follow the one before it that came: the server has another log than before`,
          );
        next = seq + 1;
        digest = kind.value.digest;
        return true;
      }
      case "lifecycle": {
        const before = known;
        known = judgement(kind.value.lifecycle);
        const again = before !== undefined && known !== undefined && equals(LifecycleSchema, before, known);
        return kind.value.cause !== LifecycleCause.INITIAL || !again;
      }
      case "caughtUp": {
        const again = caughtUp;
        caughtUp = true;
        return !again;
      }
      case "heartbeat":
        return false;
      default:
        return true;
    }
  }
}

/** See AttestClient.watchAll. */
export async function* watchAll(
  decisions: Client<typeof DecisionService>,
  filter: DecisionFilter | undefined,
  from: string,
  silence: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<WatchDecisionsResponse, void, undefined> {
  let cursor = from;
  let caughtUp = from !== "";
  const open: Open<WatchDecisionsResponse> = (options) =>
    decisions.watchDecisions({ cursor, ...(filter === undefined ? {} : { filter }) }, options);
  // It has no end of its own: a server that ends it is asked again.
  const backoff = createBackoff();
  for (;;) {
    yield* follow(open, isNew, silence, signal, backoff);
    await sleep(backoff.pause(0), signal);
  }

  function isNew({ kind }: WatchDecisionsResponse): boolean {
    switch (kind.case) {
      case "change":
        cursor = kind.value.cursor;
        return true;
      case "caughtUp": {
        cursor = kind.value.cursor;
        const again = caughtUp;
        caughtUp = true;
        return !again;
      }
      case "heartbeat":
        return false;
      default:
        return true;
    }
  }
}

/**
 * Reads a stream, and opens it again when it breaks, until the server ends it. Leaving the loop ends the connection.
 *
 * Only news and heartbeats make the pauses short again: a connection that always breaks once it has said what was known is not asked for it many times a second.
 */
async function* follow<Message extends WatchDecisionResponse | WatchDecisionsResponse>(
  open: Open<Message>,
  isNew: (message: Message) => boolean,
  silence: number,
  signal: AbortSignal | undefined,
  backoff: Backoff,
): AsyncGenerator<Message, void, undefined> {
  for (;;) {
    signal?.throwIfAborted();
    let heard = false;
    const connection = new AbortController();
    const dead = () => connection.abort(new AttestError(Code.Unavailable, `nothing was heard for ${silence} ms`));
    let alarm = setTimeout(dead, silence);
    const either = signal === undefined ? connection.signal : AbortSignal.any([signal, connection.signal]);
    try {
      // No deadline of the transport's: silence is what ends a watch.
      for await (const message of open({ signal: either, timeoutMs: 0 })) {
        clearTimeout(alarm);
        heard = true;
        const wanted = isNew(message);
        if (wanted || message.kind.case === "heartbeat") backoff.reset();
        // What the reader takes its time for is no silence.
        if (wanted) yield message;
        alarm = setTimeout(dead, silence);
      }
      return;
    } catch (error) {
      signal?.throwIfAborted();
      const fault = ownFaultIn(error);
      if (fault !== undefined) throw fault.cause;
      const failure = toAttestError(connection.signal.aborted ? connection.signal.reason : error);
      if (endsWatch(failure, heard)) throw failure;
      clearTimeout(alarm);
      await sleep(backoff.pause(failure.retryDelay), signal);
    } finally {
      clearTimeout(alarm);
      connection.abort();
    }
  }
}

/** What a lifecycle says, apart from when it was judged. */
function judgement(lifecycle: Lifecycle | undefined): Lifecycle | undefined {
  if (lifecycle === undefined) return undefined;
  const copy = clone(LifecycleSchema, lifecycle);
  delete copy.evaluatedAt;
  return copy;
}
