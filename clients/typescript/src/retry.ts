import { toBinary } from "@bufbuild/protobuf";
import { Code, createContextKey, type Interceptor, type UnaryRequest } from "@connectrpc/connect";
import { type AttestError, OwnFault, ownFaultIn, toAttestError } from "./errors.js";

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

/** What ends a watch for good. After everything else it is taken up again where it was. */
const HOPELESS: ReadonlySet<Code> = new Set([
  Code.NotFound,
  Code.PermissionDenied,
  Code.Unauthenticated,
  Code.InvalidArgument,
  Code.OutOfRange,
  Code.DataLoss,
  Code.Unimplemented,
  Code.FailedPrecondition,
]);

/**
 * Whether a watch is over. `heard` says whether anything had come on the connection that failed: who was let in there and is not any more has a token that ran out, and may
 * have a new one by now.
 */
export function endsWatch(error: AttestError, heard: boolean): boolean {
  return HOPELESS.has(error.code) && !wasCut(error) && !(heard && error.code === Code.Unauthenticated);
}

/**
 * Whether the server's contract says that repeating makes sense.
 *
 * Unavailable and Aborted: nothing was written. A write that was not confirmed: the call carries a request_id, so it is done once however often it arrives.
 */
function mayRepeat(error: AttestError): boolean {
  return (
    error.code === Code.Unavailable ||
    error.code === Code.Aborted ||
    error.reason === "WRITE_OUTCOME_UNKNOWN" ||
    wasCut(error)
  );
}

const CUT: ReadonlySet<Code> = new Set([
  Code.Internal,
  Code.Unknown,
  Code.Canceled,
  // What the library says of an answer that ends in good order but in the middle, as a proxy may end it. Of a request the server says so with a reason.
  Code.InvalidArgument,
]);

/** The connection broke under the call: no server said anything. Whether this side cancelled is asked before. */
function wasCut({ code, reason }: AttestError): boolean {
  return reason === "" && CUT.has(code);
}

export type Backoff = ReturnType<typeof createBackoff>;

/** Pauses that grow, with full jitter. */
export function createBackoff() {
  let failures = 0;
  return {
    /** The next pause in milliseconds; at least what the server asked for. */
    pause: (asked: number) => asked + Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures++),
    reset: () => {
      failures = 0;
    },
  };
}

/** Waits, or throws what the signal was aborted with. */
export async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Where a call that waits for its next try says why. Should its deadline pass meanwhile, that is what went wrong. */
export const waiting = createContextKey<{ why?: AttestError | undefined }>({});

/** Gives every unary call a request_id where it takes one, and another try where that is safe, until its deadline. */
export const insist: Interceptor = (next) => async (request) => {
  if (request.stream) return await next(request);
  const message = request.message as { requestId?: string };
  // Made once, so that all tries are the same command.
  if (message.requestId === "") message.requestId = crypto.randomUUID();
  const wait = request.contextValues.get(waiting);
  const backoff = createBackoff();
  for (;;) {
    try {
      return await next(request);
    } catch (error) {
      const fault = ownFaultIn(error);
      if (fault !== undefined) throw fault;
      const failure = toAttestError(error);
      if (request.signal.aborted || !mayRepeat(failure)) throw error;
      checkMessage(request);
      wait.why = failure;
      await sleep(backoff.pause(failure.retryDelay), request.signal);
      wait.why = undefined;
    }
  }
};

/** What cannot be encoded, such as a string in place of a number, is INTERNAL to a transport, like a connection that broke. */
function checkMessage({ method, message }: UnaryRequest): void {
  try {
    toBinary(method.input, message);
  } catch (error) {
    throw new OwnFault(error);
  }
}
