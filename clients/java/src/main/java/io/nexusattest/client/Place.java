package io.nexusattest.client;

/** Where a watch is: what to ask a new connection for, and what of its answers is new. */
interface Place<Q, M> {
  /** What goes on behind the last message. */
  Q request();

  /** Whether the reader has not been told so before; moves on behind the message. */
  boolean isNew(M message);

  /** Whether it only says that the connection is alive. */
  boolean isHeartbeat(M message);

  /** Whether the watch is over once the server ends it. */
  boolean endsWithServer();
}
