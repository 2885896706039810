import { convertToCommandError } from "@eventstore/db-client";
import { InterceptingCall, type Interceptor, Metadata, type StatusObject, status } from "@grpc/grpc-js";

/** Goes along with a call through the client down to gRPC. */
export interface Ticket {
  /** Ends the call, or keeps it from ever beginning. */
  readonly signal: AbortSignal;
  /** When gRPC gives up, in milliseconds since 1970; undefined: never. */
  readonly deadline: number | undefined;
  /** Whether anything was handed to gRPC. What was not, is not sent later either once the signal has aborted. */
  begun: boolean;
}

/** What gRPC says of calls that its own user ended; the client takes no other words for a cancellation, and reconnects. */
const CANCELLED = "Cancelled on client";

/**
 * Stands between the client and gRPC, where the client lets go of errors: what it throws inside gRPC's callbacks would end the process, or leave the call
 * without an end.
 */
export function guard(ticket: Ticket): Interceptor {
  return (options, nextCall) => {
    const { signal } = ticket;
    if (signal.aborted) return new InterceptingCall(failing(status.CANCELLED, CANCELLED));
    let inner: InterceptingCall;
    try {
      inner = nextCall(options) as InterceptingCall;
    } catch {
      // The channel was closed by another call's failure after the client had picked it.
      return new InterceptingCall(failing(status.UNAVAILABLE, "Channel closed before call started"));
    }
    ticket.begun = true;
    const cancel = () => call.cancelWithStatus(status.CANCELLED, CANCELLED);
    signal.addEventListener("abort", cancel, { once: true });
    let nonsense = false;
    const call: InterceptingCall = new InterceptingCall(inner, {
      start(metadata, _, next) {
        next(metadata, {
          onReceiveMessage(message: unknown, pass) {
            if (makesSense(message)) return pass(message);
            nonsense = true;
            // The status is held back until a message has been passed on: one that the client reads as saying nothing.
            pass({});
            call.cancelWithStatus(status.CANCELLED, CANCELLED);
          },
          onReceiveStatus(received, pass) {
            signal.removeEventListener("abort", cancel);
            pass(nonsense ? NONSENSE : readable(received));
          },
        });
      },
    });
    return call;
  };
}

const NONSENSE: StatusObject = {
  code: status.INTERNAL,
  details: "the server sent a message that makes no sense",
  metadata: new Metadata(),
};

type AnyCall = ConstructorParameters<typeof InterceptingCall>[0];

/** A call that never was: it only says why. */
function failing(code: status, details: string): AnyCall {
  const nothing = () => {};
  return {
    start(_, listener) {
      process.nextTick(() => listener?.onReceiveStatus?.({ code, details, metadata: new Metadata() }));
    },
    sendMessageWithContext({ callback }) {
      process.nextTick(() => callback?.());
    },
    sendMessage: nothing,
    startRead: nothing,
    halfClose: nothing,
    cancelWithStatus: nothing,
    getPeer: () => "",
    getAuthContext: () => null,
  };
}

/** The parts of generated messages that the client takes for granted. */
interface Message {
  hasEvent?(): boolean;
  getEvent?(): { getEvent(): Recorded | undefined; getLink(): Recorded | undefined };
  hasSuccess?(): boolean;
  hasWrongExpectedVersion?(): boolean;
}
interface Recorded {
  hasStreamIdentifier(): boolean;
  getId(): { getString(): string } | undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function makesSense(received: unknown): boolean {
  // A unary call that failed has none.
  if (received === null) return true;
  const message = received as Message;
  if (message.hasSuccess !== undefined) return message.hasSuccess() || message.hasWrongExpectedVersion?.() === true;
  if (message.hasEvent?.() !== true) return true;
  const event = message.getEvent?.();
  return [event?.getEvent(), event?.getLink()].every(
    (recorded) =>
      recorded === undefined || (recorded.hasStreamIdentifier() && UUID.test(recorded.getId()?.getString() ?? "")),
  );
}

/** The status without its facts for programs, where the client could not take them in. */
function readable(received: StatusObject): StatusObject {
  try {
    convertToCommandError(Object.assign(new Error(received.details), received));
    return received;
  } catch {
    const metadata = received.metadata.clone();
    metadata.remove("exception");
    return { ...received, metadata };
  }
}
