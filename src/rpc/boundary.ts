import type { DescMessage, Message } from "@bufbuild/protobuf";
import type { ConnectError, Interceptor } from "@connectrpc/connect";
import type { CallLog } from "./call-log.ts";
import { checkRequest } from "./check-request.ts";
import { toRpcError } from "./errors.ts";

/** The boundary that every call crosses: its request is checked, what a handler throws becomes an error of the schema, and its end is logged. */
export function createBoundary(callLog: CallLog): Interceptor {
  return (next) => async (request) => {
    const end = callLog.begin(request);
    const fail = (error: unknown, message: Message | undefined): ConnectError => {
      const mapped = toRpcError(error, request.signal);
      end(mapped, message);
      return mapped;
    };
    if (!request.stream) {
      try {
        checkRequest(request.method.input, request.message);
        const response = await next(request);
        const isNamed = "decisionId" in request.message || "importId" in request.message;
        end(undefined, isNamed || response.stream ? request.message : response.message);
        return response;
      } catch (error) {
        throw fail(error, request.message);
      }
    }
    let first: Message | undefined;
    const checked = checkedStream(request.method.input, request.message, (message) => {
      first ??= message;
    });
    try {
      const response = await next({ ...request, message: checked });
      if (!response.stream) return response;
      return { ...response, message: guarded(response.message) };
    } catch (error) {
      throw fail(error, first);
    }

    /** What a stream yields until its end, which is logged, or what it throws, which is mapped. */
    async function* guarded(messages: AsyncIterable<Message>): AsyncIterable<Message> {
      let ended = false;
      try {
        yield* messages;
        ended = true;
        end(undefined, first);
      } catch (error) {
        ended = true;
        throw fail(error, first);
      } finally {
        if (!ended) fail(request.signal.reason, first);
      }
    }
  };
}

async function* checkedStream(
  schema: DescMessage,
  messages: AsyncIterable<Message>,
  seen: (message: Message) => void,
): AsyncIterable<Message> {
  for await (const message of messages) {
    checkRequest(schema, message);
    seen(message);
    yield message;
  }
}
