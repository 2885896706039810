import type { DsseEnvelope } from "../domain/dsse-envelope.ts";
import type { DecisionId, Instant } from "../domain/ids.ts";
import type { RunRequest } from "../domain/run-request.ts";

/**
 * The router port: what carries a decision out.
 *
 * The contract: a decision is run at most once, whatever is asked and however often, and the router keeps its record of the run.
 */
export interface Router {
  /**
   * What an adapter can do, asked of whoever knows.
   *
   * @throws {AdapterUnknown} if no router has it.
   * @throws {RouterUnavailable} if its router does not answer.
   */
  describeAdapter(adapterId: string, options?: RouterCallOptions): Promise<AdapterDescription>;

  /**
   * Runs a decision: `accepted` once the run is on durable record, then `progress`, then `finished`, the last message. Asked again for the same decision, it
   * joins the run there is. A run that takes longer than `timeout` milliseconds is ended by its router. Aborting the signal ends a run of the local router, too;
   * of a remote router's it ends the call alone, for a router cannot tell that from a caller that crashed.
   *
   * Ends without `finished` only by throwing.
   *
   * @throws {RunRefused} if the run was certainly not begun, and never will be.
   * @throws {RouterUnavailable} if nobody can say here whether it was begun or how it ended: ask getRun.
   */
  run(request: RunRequest, options?: RunOptions): AsyncIterable<RunMessage>;

  /**
   * What became of a decision's run.
   *
   * With `fence`, a router that does not know the decision refuses it durably from now on and answers `NOT_STARTED`. The local router does so only if its record
   * reaches back to `claimedAt`: a record that was lost cannot say that a run never began.
   *
   * @param adapterId finds the router.
   * @throws {RunNotFound} if the router does not know the decision.
   * @throws {AdapterUnknown} if no router has the adapter any more.
   * @throws {RouterUnavailable} if the router does not answer.
   */
  getRun(adapterId: string, decisionId: DecisionId, options?: GetRunOptions): Promise<Run>;
}

/** All routers of this server in one: each adapter is asked of, and run by, the router that has it. */
export interface Routing extends Router {
  /**
   * What router has an adapter: the one inside this server, whose record of runs nobody else can ask, or a remote one, which answers every server. Undefined if
   * this server knows none.
   */
  kindOf(adapterId: string): "local" | "remote" | undefined;
}

export interface RouterCallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface RunOptions extends RouterCallOptions {
  readonly timeout?: number | undefined;
  /**
   * How long a remote router that is not there may be waited for before the run is sent, in milliseconds; 0, the default: not at all. Never longer than the run may
   * take. Aborting the signal ends the wait, and the run is refused.
   */
  readonly sendWithin?: number | undefined;
}

export interface GetRunOptions extends RouterCallOptions {
  readonly includeBundle?: boolean | undefined;
  readonly fence?: boolean | undefined;
  /** When the run was claimed. */
  readonly claimedAt?: Instant | undefined;
}

export interface AdapterDescription {
  readonly adapterId: string;
  /** Such as `dry_run`, `apply`, `timeout`, `external`; sorted. */
  readonly capabilities: readonly string[];
  readonly description: string;
}

export type RunMessage =
  | { readonly kind: "accepted"; readonly runId: string }
  | { readonly kind: "progress"; readonly progress: RunProgress }
  /** state SUCCEEDED, FAILED or INTERRUPTED, with the bundle. */
  | { readonly kind: "finished"; readonly run: Run };

export interface RunProgress {
  readonly runId: string;
  readonly stepId: string;
  readonly stepsExecuted: number;
  /** 0 if unknown. */
  readonly stepsTotal: number;
  /** A line for people. */
  readonly message: string;
}

export interface Run {
  readonly runId: string;
  readonly decisionId: DecisionId;
  readonly adapterId: string;
  readonly state: RunState;
  /** Steps carried out, a failed one not included. */
  readonly stepsExecuted: number;
  readonly failure: RunFailure | undefined;
  /** The router's own record, once the run has ended, if it was asked for. */
  readonly bundle: RunBundle | undefined;
  /** The router's signature over it, once it has ended, as it came; undefined if it signs none. */
  readonly signature?: DsseEnvelope | undefined;
}

/** The schema's RunState says what each means. */
export type RunState = "RUNNING" | "SUCCEEDED" | "FAILED" | "INTERRUPTED" | "NOT_STARTED";

export interface RunFailure {
  /** `A-Z0-9_`, 1 to 64 characters. */
  readonly code: string;
  readonly message: string;
  /** Empty if no step failed. */
  readonly stepId: string;
}

export interface RunBundle {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** No router has this adapter. */
export class AdapterUnknown extends Error {
  override readonly name = "AdapterUnknown";
}

/** The router does not answer, or its answer is of no use. */
export class RouterUnavailable extends Error {
  override readonly name = "RouterUnavailable";
}

/** The run was not begun and never will be. */
export class RunRefused extends Error {
  override readonly name = "RunRefused";
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The router does not know the decision. */
export class RunNotFound extends Error {
  override readonly name = "RunNotFound";
}
