import { type BaseOptions, EventStoreDBClient } from "@eventstore/db-client";
import type { Connection } from "./connection.ts";
import { endOfStream } from "./end-of-stream.ts";
import { guard, type Ticket } from "./guard.ts";

/** What every call is given beside its own options. The client hands unknown options on to where calls are made. */
export interface CallTicket {
  readonly ticket: Ticket;
  /** Of reads of one stream: told its last revision, if the server says where it ends. */
  readonly heardLast?: (revision: number) => void;
}

/** The client, and the end of its connection. */
export interface Client {
  readonly calls: EventStoreDBClient;
  /** Whether the server has ever said where a stream ends. From then on one that does not has been cut short. */
  saysWhereStreamsEnd: boolean;
  /** Ends everything that is under way and closes the connection, within so many milliseconds. */
  close(within: number): Promise<void>;
}

/**
 * Opens a client; it connects with its first call.
 *
 * It is kept from doing four things by what it offers to subclasses:
 * - appending by its batch stream: an answer that never comes hangs it for ever whatever the deadline, and one client's failure rejects another's appends;
 * - throwing inside gRPC's callbacks (see guard.ts);
 * - leaving reads without a deadline;
 * - rejecting unheard where it reconnects while the next connection fails too.
 */
export function openClient({ address, credentials }: Connection): Client {
  const client = EventStoreDBClient.connectionString(address);

  client["supports"] = () => Promise.resolve(false);

  const argumentsOf = client["callArguments"];
  client["callArguments"] = (options: BaseOptions & Partial<CallTicket>, callOptions) => {
    const [metadata, grpc] = argumentsOf({ ...(credentials && { credentials }), ...options }, callOptions);
    const { ticket, heardLast } = options;
    if (ticket === undefined) return [metadata, grpc];
    const deadline = ticket.deadline ?? Number.POSITIVE_INFINITY;
    const interceptors = [guard(ticket), ...(heardLast === undefined ? [] : [endOfStream(heardLast)])];
    return [metadata, { ...grpc, deadline, interceptors }];
  };

  const reconnect = client["handleError"];
  client["handleError"] = (failed, error) => reconnect(failed, error).catch(() => {});

  let connected = false;
  const channelOf = client["getChannel"];
  client["getChannel"] = () => {
    connected = true;
    return channelOf();
  };

  return {
    calls: client,
    saysWhereStreamsEnd: false,
    async close(within) {
      const over = new Promise<void>((done) => setTimeout(done, within).unref());
      // Asking a client for its channel makes one if there is none; one that is still being looked for is closed when it is found.
      const channel = connected ? channelOf().then((open) => open.close()) : undefined;
      await Promise.race([Promise.allSettled([client.dispose(), channel]), over]);
    },
  };
}
