package io.nexusattest.client;

import io.grpc.Status;
import io.nexusattest.v1.Lifecycle;
import io.nexusattest.v1.LifecycleCause;
import io.nexusattest.v1.WatchDecisionRequest;
import io.nexusattest.v1.WatchDecisionResponse;

/** Behind which event of a decision a watch is. */
final class DecisionPlace implements Place<WatchDecisionRequest, WatchDecisionResponse> {
  private final String decisionId;
  private int next;
  private String digest = "";
  private boolean caughtUp;
  private Lifecycle known;

  DecisionPlace(String decisionId, int fromSeq) {
    this.decisionId = decisionId;
    this.next = fromSeq;
  }

  @Override
  public WatchDecisionRequest request() {
    return WatchDecisionRequest.newBuilder().setDecisionId(decisionId).setFromSeq(next).build();
  }

  @Override
  public boolean isNew(WatchDecisionResponse message) {
    switch (message.getKindCase()) {
      case EVENT -> {
        int seq = message.getEvent().getEvent().getSeq();
        if (seq > next) throw new AttestException(Status.Code.DATA_LOSS, "event " + next + " was to come, and " + seq + " came", null);
        if (seq < next) return false;
        if (!digest.isEmpty() && !message.getEvent().getEvent().getPreviousDigest().equals(digest)) {
          throw new AttestException(Status.Code.DATA_LOSS, "event " + seq + " does not follow the one before it that came: the server has another log than before", null);
        }
        next = seq + 1;
        digest = message.getEvent().getDigest();
        return true;
      }
      case LIFECYCLE -> {
        Lifecycle before = known;
        known = judgement(message.getLifecycle().getLifecycle());
        return message.getLifecycle().getCause() != LifecycleCause.LIFECYCLE_CAUSE_INITIAL || !known.equals(before);
      }
      case CAUGHT_UP -> {
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
  public boolean isHeartbeat(WatchDecisionResponse message) {
    return message.hasHeartbeat();
  }

  @Override
  public boolean endsWithServer() {
    return true;
  }

  /** What a lifecycle says, apart from when it was judged. */
  private static Lifecycle judgement(Lifecycle lifecycle) {
    return lifecycle.toBuilder().clearEvaluatedAt().build();
  }
}
