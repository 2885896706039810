import { type DescMessage, isMessage, type Message } from "@bufbuild/protobuf";
import { Code, ConnectError, type Interceptor, type StreamRequest, type UnaryRequest } from "@connectrpc/connect";
import { ErrorInfoSchema } from "../../gen/ts/google/rpc/error_details_pb.ts";
import type { Log } from "../app/log.ts";
import { knownIdentity } from "./authentication.ts";
import { checkRequest } from "./check-request.ts";
import { ERROR_DOMAIN, toRpcError } from "./errors.ts";

/**
 * The boundary that every call crosses: its request is checked, what a handler throws becomes an error of the schema, and one line is logged. The line never holds
 * a payload.
 */
export function createBoundary(log: Log): Interceptor {
  return (next) => async (request) => {
    const begun = performance.now();
    if (!request.stream) {
      try {
        checkRequest(request.method.input, request.message);
        const response = await next(request);
        finish(request, begun, undefined, request.message);
        return response;
      } catch (error) {
        throw finish(request, begun, toRpcError(error, request.signal), request.message);
      }
    }
    let first: Message | undefined;
    const checked = checkedStream(request.method.input, request.message, (message) => {
      first ??= message;
    });
    try {
      const response = await next({ ...request, message: checked });
      if (!response.stream) return response;
      return { ...response, message: guarded(response.message, request, begun, () => first) };
    } catch (error) {
      throw finish(request, begun, toRpcError(error, request.signal), first);
    }
  };

  /** What a stream yields until its end, which is logged, or what it throws, which is mapped. */
  async function* guarded(
    messages: AsyncIterable<Message>,
    request: StreamRequest,
    begun: number,
    first: () => Message | undefined,
  ): AsyncIterable<Message> {
    let ended = false;
    try {
      yield* messages;
      ended = true;
      finish(request, begun, undefined, first());
    } catch (error) {
      ended = true;
      throw finish(request, begun, toRpcError(error, request.signal), first());
    } finally {
      if (!ended) finish(request, begun, toRpcError(request.signal.reason, request.signal), first());
    }
  }

  function finish<E extends ConnectError | undefined>(
    request: UnaryRequest | StreamRequest,
    begun: number,
    error: E,
    message: Message | undefined,
  ): E {
    const reason = error?.findDetails(ErrorInfoSchema).find((info) => info.domain === ERROR_DOMAIN)?.reason;
    const facts = {
      rpc: `${request.service.typeName}/${request.method.name}`,
      code: error === undefined ? "OK" : Code[error.code],
      ...(reason === undefined ? {} : { reason }),
      ms: Math.round((performance.now() - begun) * 100) / 100,
      ...decisionIn(message),
      ...actorIn(request),
      ...(error?.code === Code.Internal || error?.code === Code.DataLoss ? { error: error.cause } : {}),
    };
    if (error?.code === Code.Internal || error?.code === Code.DataLoss) log.error(facts, "call");
    else log.info(facts, "call");
    return error;
  }
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

function decisionIn(message: Message | undefined): { readonly decision_id?: string } {
  if (message === undefined || !isMessage(message) || !("decisionId" in message)) return {};
  return typeof message.decisionId === "string" ? { decision_id: message.decisionId } : {};
}

function actorIn(request: UnaryRequest | StreamRequest): { readonly actor?: string } {
  const actor = knownIdentity(request.contextValues)?.actor;
  return actor === undefined ? {} : { actor: `${actor.type.toLowerCase()}:${actor.id}` };
}
