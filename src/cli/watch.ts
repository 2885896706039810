import { setTimeout as sleep } from "node:timers/promises";
import { type MessageShape, toJsonString } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  type DecisionFilter,
  LifecycleCause,
  WatchDecisionResponseSchema,
  WatchDecisionsResponseSchema,
} from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { WatchImportedDecisionResponseSchema } from "../../gen/ts/nexus/attest/v1/imported_decision_service_pb.ts";
import type { Lifecycle, TimelineEntry } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { askedPause, type Clients, isRetryable } from "./client.ts";
import { type Output, safe } from "./output.ts";
import { showEntries, showImportedLifecycle, showLifecycle, stateName, time } from "./render.ts";
import { showForeignEvent } from "./render-foreign.ts";

/** Pauses before a lost connection is tried again, in milliseconds: the first and the later ones at most. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 3_000;

/** Streams have no deadline. */
const FOR_EVER = { timeoutMs: 0 } as const;

type Message = MessageShape<typeof WatchDecisionResponseSchema | typeof WatchImportedDecisionResponseSchema>;

/**
 * Follows one decision until the server ends the stream because it has come to its end. A connection that is lost is taken up again from the last event, so that
 * nothing is missing and nothing comes twice.
 */
export async function watchDecision(
  clients: Clients,
  decisionId: string,
  fromSeq: number,
  output: Output,
): Promise<void> {
  await watchLog(
    WatchDecisionResponseSchema,
    (from) => clients.decisions.watchDecision({ decisionId, fromSeq: from }, FOR_EVER),
    (lifecycle) => showLifecycle(decisionId, lifecycle, output),
    fromSeq,
    output,
  );
}

/** Follows one import likewise. */
export async function watchImportedDecision(
  clients: Clients,
  importId: string,
  fromSeq: number,
  output: Output,
): Promise<void> {
  await watchLog(
    WatchImportedDecisionResponseSchema,
    (from) => clients.imported.watchImportedDecision({ importId, fromSeq: from }, FOR_EVER),
    (lifecycle) => showImportedLifecycle(lifecycle, output),
    fromSeq,
    output,
  );
}

async function watchLog<Desc extends typeof WatchDecisionResponseSchema | typeof WatchImportedDecisionResponseSchema>(
  schema: Desc,
  open: (fromSeq: number) => AsyncIterable<MessageShape<Desc>>,
  showState: (lifecycle: Lifecycle) => void,
  fromSeq: number,
  output: Output,
): Promise<void> {
  let next = fromSeq;
  let blocked = "";
  const shown = new Set<string>();
  let digest = "";
  await resume(output, follow);

  async function follow(heard: Heard): Promise<void> {
    for await (const message of open(next)) {
      const { kind } = message;
      // What a new connection says first is known, but for events.
      heard(kind.case !== "caughtUp" && !(kind.case === "lifecycle" && kind.value.cause === LifecycleCause.INITIAL));
      if (kind.case === "event") {
        const { seq = 0, previousDigest } = kind.value.event ?? {};
        if (digest !== "" && previousDigest !== digest) throw anotherLog(seq);
        digest = kind.value.digest;
        next = seq + 1;
      }
      if (kind.case === "foreignEvent") next = kind.value.seq + 1;
      if (output.json) output.line(toJsonString(schema, message));
      else show(message);
    }
  }

  function show({ kind }: Message): void {
    if (kind.case === "lifecycle") {
      const { newEntries, lifecycle } = kind.value;
      showEntries(newEntries.filter(isNew), output);
      if (lifecycle !== undefined) showIfChanged(lifecycle);
    } else if (kind.case === "foreignEvent") showForeignEvent(kind.value, output);
    else if (kind.case === "runProgress") output.line(`      ${output.style("dim", safe(kind.value.message))}`);
  }

  /** Entries that are derived may come again after a reconnect. */
  function isNew({ seq, category, time: at, actor }: TimelineEntry): boolean {
    const key = `${seq}/${category}/${time(at)}/${actor?.id}`;
    if (shown.has(key)) return false;
    shown.add(key);
    return true;
  }

  function showIfChanged(lifecycle: Lifecycle): void {
    const now = [stateName(lifecycle.state), ...lifecycle.blockingReasons.map(({ message }) => message)].join("\n");
    if (now !== blocked) showState(lifecycle);
    blocked = now;
  }
}

/** Follows all decisions that match, until interrupted. */
export async function watchDecisions(clients: Clients, filter: DecisionFilter, output: Output): Promise<void> {
  let cursor = "";
  await resume(output, async (heard) => {
    for await (const message of clients.decisions.watchDecisions({ filter, cursor }, FOR_EVER)) {
      const { kind } = message;
      // As they stood when the watch began, decisions come again until all have come.
      heard(kind.case !== "change" || kind.value.cursor !== "");
      if (kind.case === "change" && kind.value.cursor !== "") cursor = kind.value.cursor;
      if (kind.case === "caughtUp") cursor = kind.value.cursor;
      if (output.json) output.line(toJsonString(WatchDecisionsResponseSchema, message));
      else if (kind.case === "change") {
        const { decision, matches } = kind.value;
        const left = matches ? "" : " (left the filter)";
        const { approvalsValid = 0, approvalsRequired = 0 } = decision?.progress ?? {};
        output.line(
          `${decision?.decisionId}  ${stateName(decision?.state ?? 0).padEnd(16)}  ${approvalsValid}/${approvalsRequired}  ${safe(decision?.goal ?? "")}${left}`,
        );
      }
    }
  });
}

/** Told of each message, and whether it is more than what a new connection says first. */
type Heard = (isNews: boolean) => void;

/**
 * Runs a stream until the server ends it, taking it up again while that makes sense. Pauses grow until there are news, so that a connection that always breaks soon is not
 * asked for many times a second; with jitter, so that not all who watch come back at once.
 */
async function resume(output: Output, stream: (heard: Heard) => Promise<void>): Promise<void> {
  let longest = FIRST_PAUSE;
  let everConnected = false;
  for (;;) {
    try {
      return await stream((isNews) => {
        everConnected = true;
        if (isNews) longest = FIRST_PAUSE;
      });
    } catch (error) {
      if (!everConnected || !(error instanceof ConnectError) || !(isRetryable(error) || isTurnedAway(error)))
        throw error;
      output.note(`connection lost (${error.rawMessage}): reconnecting`);
      await sleep(askedPause(error) + Math.random() * longest);
      longest = Math.min(longest * 2, LONGEST_PAUSE);
    }
  }
}

/** The server has too much to do with this caller now, as when everybody comes back after a restart. */
function isTurnedAway({ code }: ConnectError): boolean {
  return code === Code.ResourceExhausted;
}

function anotherLog(seq: number): BrokenLog {
  return new BrokenLog(
    `Event ${seq} does not follow the one before it that came: the server has another log than before.`,
  );
}
