import type { Ticket } from "./guard.ts";

/** The call took longer than it may. */
export class TimedOut extends Error {
  override readonly name = "TimedOut";
}

/** The caller ended the call by its signal. */
export class CallerLeft extends Error {
  override readonly name = "CallerLeft";
}

/** The server ended its answer well, but before its end. */
export class CutShort extends Error {
  override readonly name = "CutShort";
}

/**
 * Carries out one call of the client that ends whatever the client and the server do: by its result, by the time allowed, or by the caller's signal.
 * gRPC is told the same deadline; and whatever has not begun by the end never begins.
 *
 * @param allowed milliseconds.
 */
export async function bounded<Result>(
  allowed: number,
  signal: AbortSignal | undefined,
  start: (ticket: Ticket) => Promise<Result>,
): Promise<Result> {
  const ending = new AbortController();
  const ticket: Ticket = { signal: ending.signal, deadline: Date.now() + allowed, begun: false };
  const end = Promise.withResolvers<never>();
  const timer = setTimeout(() => end.reject(new TimedOut(`no answer within ${allowed} ms`)), allowed);
  const leave = () => end.reject(new CallerLeft("the caller did not wait"));
  if (signal?.aborted === true) leave();
  else signal?.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([start(ticket), end.promise]);
  } catch (error) {
    throw new CallFailed(error, ticket.begun);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", leave);
    ending.abort();
  }
}

/** Why a call has no result. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
  override readonly cause: unknown;
  /** Whether anything was handed to gRPC. */
  readonly begun: boolean;
  constructor(cause: unknown, begun: boolean) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.cause = cause;
    this.begun = begun;
  }
}
