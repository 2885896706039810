package io.nexusattest.client;

import io.nexusattest.v1.DecisionFilter;
import io.nexusattest.v1.WatchDecisionsRequest;
import io.nexusattest.v1.WatchDecisionsResponse;

/** Behind which cursor a watch of all decisions is. */
final class AllDecisionsPlace implements Place<WatchDecisionsRequest, WatchDecisionsResponse> {
  private final DecisionFilter filter;
  private String cursor;
  private boolean caughtUp;

  AllDecisionsPlace(DecisionFilter filter, String cursor) {
    this.filter = filter;
    this.cursor = cursor;
    this.caughtUp = !cursor.isEmpty();
  }

  @Override
  public WatchDecisionsRequest request() {
    return WatchDecisionsRequest.newBuilder().setFilter(filter).setCursor(cursor).build();
  }

  @Override
  public boolean isNew(WatchDecisionsResponse message) {
    switch (message.getKindCase()) {
      case CHANGE -> {
        cursor = message.getChange().getCursor();
        return true;
      }
      case CAUGHT_UP -> {
        cursor = message.getCaughtUp().getCursor();
        boolean again = caughtUp;
        caughtUp = true;
        return !again;
      }
      case HEARTBEAT -> {
        return false;
      }
      // A kind that this client does not know is for the reader to skip.
      default -> {
        return true;
      }
    }
  }

  @Override
  public boolean isHeartbeat(WatchDecisionsResponse message) {
    return message.hasHeartbeat();
  }

  /** It has no end of its own: a server that ends it is asked again. */
  @Override
  public boolean endsWithServer() {
    return false;
  }
}
