import type { RecordedEvent } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import type { Clients } from "./client.ts";

/** The log of a decision from a seq on, page by page. */
export async function allEvents({ decisions }: Clients, decisionId: string, fromSeq: number): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  let pageToken = "";
  do {
    const page = await decisions.listDecisionEvents({ decisionId, fromSeq, pageSize: 1_000, pageToken });
    events.push(...page.events);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return events;
}
