import { create, type DescService, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type CallOptions,
  type Client,
  Code,
  createClient,
  createContextValues,
  type Transport,
} from "@connectrpc/connect";
import { ApproverKeyService } from "../gen/nexus/attest/v1/approver_key_service_pb.js";
import { AuditService } from "../gen/nexus/attest/v1/audit_service_pb.js";
import type { Decision } from "../gen/nexus/attest/v1/decision_pb.js";
import {
  DecisionFilterSchema,
  DecisionService,
  type WatchDecisionResponse,
  type WatchDecisionsResponse,
} from "../gen/nexus/attest/v1/decision_service_pb.js";
import { ImportedDecisionService } from "../gen/nexus/attest/v1/imported_decision_service_pb.js";
import { DecisionState, type Lifecycle } from "../gen/nexus/attest/v1/lifecycle_pb.js";
import { TemplateService } from "../gen/nexus/attest/v1/template_service_pb.js";
import { type AttestError, ownFaultIn, toAttestError, WrongTurn } from "./errors.js";
import { waiting } from "./retry.js";
import { watch, watchAll } from "./watch.js";

/**
 * A connection to a server, as one caller.
 *
 * The services are the generated clients, with every RPC under its own name. A call throws an AttestError, or what a function of yours threw; it has a deadline (30 seconds, or `timeoutMs`), carries a
 * requestId where the RPC takes one, and is made again where the server's contract says that this is safe.
 */
export interface AttestClient {
  readonly decisions: Client<typeof DecisionService>;
  readonly templates: Client<typeof TemplateService>;
  readonly audit: Client<typeof AuditService>;
  readonly approverKeys: Client<typeof ApproverKeyService>;
  readonly imported: Client<typeof ImportedDecisionService>;

  /**
   * Follows a decision: each event from `fromSeq` once and in order, through broken connections and restarts, until it has come to its end.
   *
   * Heartbeats are kept back, and so is what a new connection says again. Leaving the loop or aborting the signal ends the stream.
   */
  watch(decisionId: string, options?: Abortable & { readonly fromSeq?: number }): AsyncIterable<WatchDecisionResponse>;

  /** Follows all decisions that match: as they stand, then each change, for ever. Go on later with the last `cursor` of a message. */
  watchAll(
    options?: Abortable & { readonly filter?: MessageInitShape<typeof DecisionFilterSchema>; readonly cursor?: string },
  ): AsyncIterable<WatchDecisionsResponse>;

  /**
   * The lifecycle of a decision once it can be executed, or once it has come to its end; at once if it is so already.
   *
   * @throws {WrongTurn} if it ended, or passed the gate, before it could be executed.
   */
  waitUntil(decisionId: string, what: "executable" | "terminal", options?: Abortable): Promise<Lifecycle>;

  /**
   * Executes a decision and gives it back as it is at its end: COMPLETED, FAILED, or OUTCOME_UNKNOWN if nobody can say how the run ended.
   *
   * Carries on through restarts of the server. Aborting the signal ends the wait; the run goes on then.
   */
  executeAndWait(decisionId: string, options?: Abortable & { readonly adapterId?: string }): Promise<Decision>;
}

export interface Abortable {
  /** Such as `AbortSignal.timeout(60_000)`. */
  readonly signal?: AbortSignal | undefined;
}

/** Three heartbeats of a server with its own settings, in milliseconds. */
export const SILENCE = 45_000;

/** How long a call may take, all its tries together, in milliseconds. */
export const TIMEOUT = 30_000;

/** A client over any transport whose interceptors are those of this package. `silence` is after how many milliseconds a watch takes its connection for dead. */
export function createAttestClient(transport: Transport, silence: number = SILENCE): AttestClient {
  const decisions = typed(DecisionService, createClient(DecisionService, transport));
  const client: AttestClient = {
    decisions,
    templates: typed(TemplateService, createClient(TemplateService, transport)),
    audit: typed(AuditService, createClient(AuditService, transport)),
    approverKeys: typed(ApproverKeyService, createClient(ApproverKeyService, transport)),
    imported: typed(ImportedDecisionService, createClient(ImportedDecisionService, transport)),

    watch: (decisionId, { fromSeq = 0, signal } = {}) => watch(decisions, decisionId, fromSeq, silence, signal),

    watchAll: ({ filter, cursor = "", signal } = {}) =>
      watchAll(decisions, filter && create(DecisionFilterSchema, filter), cursor, silence, signal),

    async waitUntil(decisionId, what, { signal } = {}) {
      const holds = { executable: isExecutable, terminal: ({ state }: Lifecycle) => isTerminal(state) }[what];
      if (holds === undefined) throw new TypeError(`what: got "${what}", wants "executable" or "terminal"`);
      const { decision } = await decisions.getDecision({ decisionId, timelineLimit: 1 }, callOptions(signal));
      let last = decision?.lifecycle;
      if (last !== undefined && holds(last)) return last;
      for await (const { kind } of client.watch(decisionId, { fromSeq: (decision?.headSeq ?? 0) + 1, signal })) {
        if (kind.case !== "lifecycle" || kind.value.lifecycle === undefined) continue;
        last = kind.value.lifecycle;
        if (holds(last)) return last;
      }
      throw new WrongTurn(`it ended ${DecisionState[last?.state ?? 0]}`);
    },

    async executeAndWait(decisionId, { adapterId = "", signal } = {}) {
      await decisions.executeDecision({ decisionId, adapterId }, callOptions(signal));
      for await (const { kind } of client.watch(decisionId, { signal })) {
        const state = kind.case === "lifecycle" ? kind.value.lifecycle?.state : undefined;
        if (state !== undefined && (isTerminal(state) || state === DecisionState.OUTCOME_UNKNOWN)) break;
      }
      const { decision } = await decisions.getDecision({ decisionId }, callOptions(signal));
      if (decision === undefined) throw new TypeError("the server answers without the decision");
      return decision;
    },
  };
  return client;
}

/** The same client, whose unary calls throw AttestErrors. */
function typed<Service extends DescService>({ methods }: Service, client: Client<Service>): Client<Service> {
  const calls = client as Record<string, (request: unknown, options?: CallOptions) => Promise<unknown>>;
  const wrapped = methods
    .filter(({ methodKind }) => methodKind === "unary")
    .map(({ localName }) => [
      localName,
      async (request: unknown, { contextValues = createContextValues(), ...options }: CallOptions = {}) => {
        const wait: { why?: AttestError } = {};
        contextValues.set(waiting, wait);
        try {
          return await calls[localName]?.(request, { ...options, contextValues });
        } catch (error) {
          const fault = ownFaultIn(error);
          if (fault !== undefined) throw fault.cause;
          const failure = toAttestError(error);
          throw failure.code === Code.DeadlineExceeded ? (wait.why ?? failure) : failure;
        }
      },
    ]);
  return { ...client, ...Object.fromEntries(wrapped) };
}

function callOptions(signal: AbortSignal | undefined) {
  return signal === undefined ? {} : { signal };
}

function isTerminal(state: DecisionState): boolean {
  return (
    state === DecisionState.COMPLETED ||
    state === DecisionState.FAILED ||
    state === DecisionState.REJECTED ||
    state === DecisionState.CANCELLED
  );
}

function isExecutable({ executable, state }: Lifecycle): boolean {
  if (executable) return true;
  if (isTerminal(state) || state === DecisionState.EXECUTING || state === DecisionState.OUTCOME_UNKNOWN)
    throw new WrongTurn(`it is ${DecisionState[state]} and cannot be executed any more`);
  return false;
}
