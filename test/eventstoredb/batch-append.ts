import shared from "@eventstore/db-client/generated/shared_pb.js";
import statusMessages from "@eventstore/db-client/generated/status_pb.js";
import type { BatchAppendReq, BatchAppendResp } from "@eventstore/db-client/generated/streams_pb.js";
import streams from "@eventstore/db-client/generated/streams_pb.js";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import anyMessages from "google-protobuf/google/protobuf/any_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import type { Expected, Ledger, Outcome, Proposed } from "./ledger.ts";
import { textOf } from "./wire.ts";

/** The other way to append, by which the client goes unless it is kept from it: here to show that our store does not take it. */
export function batchAppendHandler(ledger: Ledger, onCall: () => void) {
  return (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => {
    onCall();
    const gathered = new Map<string, { options: BatchAppendReq.Options; events: Proposed[] }>();
    call.on("data", (request: BatchAppendReq) => {
      const id = request.getCorrelationId()?.getString() ?? "";
      const options = request.getOptions() ?? gathered.get(id)?.options;
      if (options === undefined) throw new TypeError("a batch without options");
      const events = [...(gathered.get(id)?.events ?? []), ...request.getProposedMessagesList().map(proposed)];
      gathered.set(id, { options, events });
      if (!request.getIsFinal()) return;
      gathered.delete(id);
      const stream = textOf(options.getStreamIdentifier()?.getStreamName_asU8());
      const expected: Expected = options.hasNoStream()
        ? "no_stream"
        : options.hasAny()
          ? "any"
          : BigInt(options.getStreamPosition());
      const answer = answerTo(ledger.append(stream, expected, events));
      const identifier = options.getStreamIdentifier();
      call.write(answer.setCorrelationId(request.getCorrelationId()).setStreamIdentifier(identifier));
    });
    call.on("end", () => call.end());
  };
}

function proposed(event: BatchAppendReq.ProposedMessage): Proposed {
  return {
    id: event.getId()?.getString() ?? "",
    type: event.getMetadataMap().get("type") ?? "",
    contentType: event.getMetadataMap().get("content-type") ?? "",
    data: Buffer.from(event.getData_asU8()),
    metadata: Buffer.from(event.getCustomMetadata_asU8()),
  };
}

function answerTo(outcome: Outcome): BatchAppendResp {
  if (outcome.kind === "success") {
    const success = new streams.BatchAppendResp.Success();
    if (outcome.revision === undefined) success.setNoStream(new emptyMessages.Empty());
    else success.setCurrentRevision(`${outcome.revision}`);
    const position = new shared.AllStreamPosition();
    position.setCommitPosition(`${outcome.position ?? 0n}`).setPreparePosition(`${outcome.position ?? 0n}`);
    return new streams.BatchAppendResp().setSuccess(success.setPosition(position));
  }
  const [name, detail] = detailOf(outcome);
  const any = new anyMessages.Any();
  any.pack(detail.serializeBinary(), `event_store.client.${name}`);
  return new streams.BatchAppendResp().setError(new statusMessages.Status().setDetails(any));
}

function detailOf(outcome: Exclude<Outcome, { kind: "success" }>) {
  if (outcome.kind === "deleted") return ["StreamDeleted", new shared.StreamDeleted()] as const;
  if (outcome.kind === "too large")
    return ["MaximumAppendSizeExceeded", new shared.MaximumAppendSizeExceeded().setMaxappendsize(1_048_576)] as const;
  const conflict = new shared.WrongExpectedVersion();
  if (outcome.actual === undefined) conflict.setCurrentNoStream(new emptyMessages.Empty());
  else conflict.setCurrentStreamRevision(`${outcome.actual}`);
  return ["WrongExpectedVersion", conflict] as const;
}
