import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import { Refused } from "../app/refused.ts";
import type { RequestMemory } from "../limits/request-memory.ts";
import { toRpcError } from "../rpc/errors.ts";

/** Bytes before a message: flags, and the length of the message (gRPC over HTTP/2, Length-Prefixed-Message; Connect's are the same). */
export const PREFIX = 5;

/** Parts that a message may come in, however small it is. */
const FREE_PARTS = 1_024;

/** Beyond these, each has to bring so many bytes on average: a part costs the server more than a byte. */
const LEAST_PART = 64;

/** The body of a request as it comes in: bounded, and paid for out of the memory for all requests. */
export interface RequestBody {
  /** How large a message may be, in bytes. */
  readonly most: number;
  /** Takes a part in. @throws {Refused} MESSAGE_TOO_LARGE, REQUEST_MEMORY_EXHAUSTED, and what it has been failed with. */
  take(part: Uint8Array): void;
  /** What the first message says that it has, prefix included, in bytes; unknown before that is there. */
  readonly announced: number | undefined;
  /** Nothing more is wanted, or comes. */
  end(): void;
  readonly isEnded: boolean;
  /** Makes whoever waits for more of it wait no longer. */
  fail(error: Error): void;
  /** Calls back once it has failed, until the returned function is called. */
  onFail(told: (error: Error) => void): () => void;
}

export function createRequestBody(options: {
  readonly memory: RequestMemory;
  readonly most: number;
  /** Whether it holds one message; else messages come and go, and are let go of one by one. */
  readonly isOneMessage: boolean;
  /** Whether each message comes behind a prefix. */
  readonly isEnveloped: boolean;
  /** Whether it is compressed as a whole, or its messages may be. What it will be then is not known before, and no more than the limit. */
  readonly compression: "none" | "whole" | "messages";
  readonly took: (bytes: number) => void;
}): RequestBody {
  const { memory, most, isOneMessage, isEnveloped, compression, took } = options;
  let length = 0;
  let parts = 0;
  let head = NOTHING;
  let announced: number | undefined;
  let isEnded = false;
  let failure: Error | undefined;
  let tell: ((error: Error) => void) | undefined;

  return {
    most,
    take(part) {
      took(part.length);
      if (failure !== undefined) throw failure;
      length += part.length;
      parts += 1;
      if (isOneMessage && length > PREFIX + most) throw tooLarge(most);
      if (isOneMessage && parts > FREE_PARTS + length / LEAST_PART)
        throw new Refused(
          "MESSAGE_TOO_LARGE",
          "The request comes in too many too small parts: send it in larger ones.",
        );
      if (isEnveloped && announced === undefined) announce(part);
      memory.hold(Math.min(length, most) + (compression === "whole" ? most : 0));
    },
    get announced() {
      return announced;
    },
    end() {
      isEnded = true;
    },
    get isEnded() {
      return isEnded;
    },
    fail(error) {
      failure ??= error;
      tell?.(failure);
    },
    onFail(told) {
      if (failure !== undefined) told(failure);
      tell = told;
      return () => {
        tell = undefined;
      };
    },
  };

  function announce(part: Uint8Array): void {
    const known = head.length === 0 ? part : Buffer.concat([head, part.subarray(0, PREFIX)]);
    if (known.length < PREFIX) {
      head = Buffer.from(known);
      return;
    }
    const view = new DataView(known.buffer, known.byteOffset, PREFIX);
    const size = view.getUint32(1);
    announced = PREFIX + size;
    if (size > most) throw tooLarge(most);
    const isCompressed = compression === "messages" && (view.getUint8(0) & 1) === 1;
    memory.hold(size + (isCompressed ? most : 0));
  }
}

/** Refuses a request whose headers say already that it is too large. @throws {ConnectError} MESSAGE_TOO_LARGE */
export function assertNotTooLarge(headers: Headers, most: number): void {
  if (Number(headers.get("content-length")) > PREFIX + most) throw toRpcError(tooLarge(most), LIVE);
}

/** The same words whichever way a request comes. */
function tooLarge(most: number): Refused {
  return new Refused("MESSAGE_TOO_LARGE", `A request may have ${most} bytes: keep large content elsewhere.`, {
    facts: { limit: "limits.maxMessageBytes", limit_value: `${most}` },
  });
}

type Request = IncomingMessage | Http2ServerRequest;

const NOTHING = new Uint8Array(0);

/** That a call has ended is for others to say. */
const LIVE = new AbortController().signal;

/** Lets whoever iterates over a request have its body part by part, as far as it is let in. */
export function iterateWithin(request: Request, body: RequestBody): void {
  request[Symbol.asyncIterator] = bounded as unknown as Request[typeof Symbol.asyncIterator];

  async function* bounded(): AsyncIterable<Buffer> {
    // Whoever stops reading has an answer to give, over the same connection.
    const iterator = request.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    try {
      for (;;) {
        const failed = Promise.withResolvers<never>();
        const stop = body.onFail(failed.reject);
        const next = await Promise.race([iterator.next(), failed.promise]).finally(stop);
        if (next.done === true) return;
        body.take(next.value);
        yield next.value;
      }
    } catch (error) {
      throw toRpcError(error, LIVE);
    } finally {
      body.end();
      void iterator.return?.().catch(() => undefined);
    }
  }
}
