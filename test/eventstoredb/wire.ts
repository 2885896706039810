import shared from "@eventstore/db-client/generated/shared_pb.js";
import type { ReadReq, ReadResp as Resp } from "@eventstore/db-client/generated/streams_pb.js";
import streams from "@eventstore/db-client/generated/streams_pb.js";
import { Metadata, type StatusObject, status } from "@grpc/grpc-js";
import type { Expected, Outcome, Proposed, Recorded } from "./ledger.ts";
import { MAX_APPEND_SIZE } from "./ledger.ts";

const { ReadResp, AppendResp } = streams;

/** An error as the server sends it: facts for programs travel in the trailers. */
export function failed(code: number, details: string, facts: Readonly<Record<string, string>> = {}): StatusObject {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(facts)) metadata.set(key, value);
  return { code, details, metadata };
}

export function notLeader(host: string, port: number | string): StatusObject {
  const facts = { exception: "not-leader", "leader-endpoint-host": host, "leader-endpoint-port": `${port}` };
  return failed(status.NOT_FOUND, "Leader info available", facts);
}

export function streamDeleted(stream: string): StatusObject {
  const facts = { exception: "stream-deleted", "stream-name": stream };
  return failed(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, facts);
}

export function invalidPosition(): StatusObject {
  return failed(status.INVALID_ARGUMENT, "Trying to read from an invalid position.");
}

function tooLarge(): StatusObject {
  const facts = { exception: "maximum-append-size-exceeded", "maximum-append-size": `${MAX_APPEND_SIZE}` };
  return failed(status.INVALID_ARGUMENT, `Maximum Append Size of ${MAX_APPEND_SIZE} Exceeded.`, facts);
}

/** What an append came to: an answer (a conflict is one), or an error. */
export function appendAnswer(
  stream: string,
  expected: Expected,
  outcome: Outcome,
): InstanceType<typeof AppendResp> | StatusObject {
  switch (outcome.kind) {
    case "deleted":
      return streamDeleted(stream);
    case "too large":
      return tooLarge();
    case "wrong version": {
      const conflict = new AppendResp.WrongExpectedVersion();
      if (outcome.actual === undefined) conflict.setCurrentNoStream(new shared.Empty());
      else conflict.setCurrentRevision(`${outcome.actual}`);
      if (expected === "no_stream") conflict.setExpectedNoStream(new shared.Empty());
      else if (typeof expected === "bigint") conflict.setExpectedRevision(`${expected}`);
      else conflict.setExpectedAny(new shared.Empty());
      return new AppendResp().setWrongExpectedVersion(conflict);
    }
    case "success": {
      const success = new AppendResp.Success();
      if (outcome.revision === undefined) success.setNoStream(new shared.Empty());
      else success.setCurrentRevision(`${outcome.revision}`);
      if (outcome.position === undefined) return new AppendResp().setSuccess(success.setNoPosition(new shared.Empty()));
      const position = new AppendResp.Position();
      position.setCommitPosition(`${outcome.position}`).setPreparePosition(`${outcome.position}`);
      return new AppendResp().setSuccess(success.setPosition(position));
    }
  }
}

export function eventMessage(event: Recorded): Resp {
  const recorded = new ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(new shared.UUID().setString(event.id));
  recorded.setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(event.stream)));
  recorded.setStreamRevision(`${event.revision}`);
  recorded.setCommitPosition(`${event.position}`).setPreparePosition(`${event.position}`);
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  recorded.getMetadataMap().set("type", event.type).set("content-type", event.contentType).set("created", "0");
  const read = new ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(`${event.position}`);
  return new ReadResp().setEvent(read);
}

export function notFoundMessage(stream: string): Resp {
  const identifier = new shared.StreamIdentifier().setStreamName(Buffer.from(stream));
  return new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(identifier));
}

export function lastRevisionMessage(revision: bigint): Resp {
  return new ReadResp().setLastStreamPosition(`${revision}`);
}

export function confirmationMessage(): Resp {
  const confirmation = new ReadResp.SubscriptionConfirmation();
  return new ReadResp().setConfirmation(confirmation.setSubscriptionId(crypto.randomUUID()));
}

export function checkpointMessage(position: bigint): Resp {
  const checkpoint = new ReadResp.Checkpoint();
  checkpoint.setCommitPosition(`${position}`).setPreparePosition(`${position}`);
  return new ReadResp().setCheckpoint(checkpoint);
}

export function caughtUpMessage(): Resp {
  return new ReadResp().setCaughtUp(new ReadResp.CaughtUp());
}

/** A read as asked for. */
export interface ReadRequest {
  readonly source: { readonly stream: string } | "all";
  readonly from: bigint | "start" | "end";
  readonly backwards: boolean;
  /** Undefined: a subscription. */
  readonly count: number | undefined;
  /** Whether the caller wants to be told where the stream ends. */
  readonly saysWhereItEnds: boolean;
  readonly filter: { readonly prefixes: readonly string[]; readonly checkpointEvery: number } | undefined;
}

export function readRequest(request: ReadReq): ReadRequest {
  const options = request.getOptions();
  if (options === undefined) throw new TypeError("a read without options");
  const stream = options.getStream();
  const place = stream ?? options.getAll();
  const from = place?.hasStart() === true ? "start" : place?.hasEnd() === true ? "end" : undefined;
  const explicit = stream?.getRevision() ?? options.getAll()?.getPosition()?.getCommitPosition() ?? "0";
  const filter = options.getFilter();
  return {
    source: stream === undefined ? "all" : { stream: textOf(stream.getStreamIdentifier()?.getStreamName_asU8()) },
    from: from ?? BigInt(explicit),
    backwards: options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS,
    saysWhereItEnds: (options.getControlOption()?.getCompatibility() ?? 0) >= 1,
    count: options.hasSubscription() ? undefined : Number(options.getCount()),
    filter:
      filter === undefined
        ? undefined
        : {
            prefixes: filter.getStreamIdentifier()?.getPrefixList() ?? [],
            checkpointEvery: (filter.getMax() || 32) * filter.getCheckpointintervalmultiplier(),
          },
  };
}

/** The messages of an append, taken apart. */
export function appendRequest(messages: readonly InstanceType<typeof streams.AppendReq>[]): {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly Proposed[];
} {
  const [header, ...rest] = messages;
  const options = header?.getOptions();
  if (options === undefined) throw new TypeError("an append without options");
  const expected = options.hasNoStream()
    ? "no_stream"
    : options.hasStreamExists()
      ? "stream_exists"
      : options.hasAny()
        ? "any"
        : BigInt(options.getRevision());
  const events = rest.map((message): Proposed => {
    const event = message.getProposedMessage();
    if (event === undefined) throw new TypeError("an append without an event");
    const facts = event.getMetadataMap();
    return {
      id: event.getId()?.getString() ?? "",
      type: facts.get("type") ?? "",
      contentType: facts.get("content-type") ?? "",
      // Copied out of the message, or each event would keep its whole message alive.
      data: Buffer.from(event.getData_asU8()),
      metadata: Buffer.from(event.getCustomMetadata_asU8()),
    };
  });
  return { stream: textOf(options.getStreamIdentifier()?.getStreamName_asU8()), expected, events };
}

export function textOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString("utf8");
}
