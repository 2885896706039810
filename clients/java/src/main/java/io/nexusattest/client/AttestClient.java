package io.nexusattest.client;

import io.grpc.Deadline;
import io.nexusattest.v1.Decision;
import io.nexusattest.v1.DecisionFilter;
import io.nexusattest.v1.DecisionServiceGrpc;
import io.nexusattest.v1.DecisionState;
import io.nexusattest.v1.ExecuteDecisionRequest;
import io.nexusattest.v1.GetDecisionRequest;
import io.nexusattest.v1.Lifecycle;
import io.nexusattest.v1.WatchDecisionResponse;
import io.nexusattest.v1.WatchDecisionsResponse;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * A connection to a server, as one caller. May be used by many threads; closed by {@link #close}.
 *
 * <p>The services have every call under its own name, with the generated messages. A call fails with an {@link AttestException}; it has a deadline (30 seconds,
 * or {@link ConnectOptions#timeout}, or that of the gRPC context if that comes first), carries a request_id where it takes one, and is made again where the
 * server's contract says that this is safe. Interrupting the thread, or cancelling the gRPC context, ends a call.
 */
public final class AttestClient implements AutoCloseable {
  private final Connection connection;
  private final Calls calls;
  private final Duration silence;
  private final Decisions decisions;
  private final Templates templates;
  private final ApproverKeys approverKeys;
  private final Audit audit;
  private final Imported imported;

  private AttestClient(Connection connection, ConnectOptions options) {
    this.connection = connection;
    calls = new Calls(connection, options.timeout());
    silence = options.silence();
    decisions = new Decisions(calls);
    templates = new Templates(calls);
    approverKeys = new ApproverKeys(calls);
    audit = new Audit(calls);
    imported = new Imported(calls);
  }

  /**
   * Makes a client of {@code https://host:port}, or of {@code http://host:port} on this machine. The connection itself is made when it is needed.
   *
   * @throws IllegalArgumentException if the address is none, or would send everything in the clear to another machine
   * @throws java.io.UncheckedIOException if a file with certificates cannot be read
   */
  public static AttestClient connect(String address, ConnectOptions options) {
    return new AttestClient(new Connection(Channels.open(address, options)), options);
  }

  /** Request, policy, approvals, execution. */
  public Decisions decisions() {
    return decisions;
  }

  /** Policies by name. */
  public Templates templates() {
    return templates;
  }

  /** The keys that approvers sign with. */
  public ApproverKeys approverKeys() {
    return approverKeys;
  }

  /** Evidence. */
  public Audit audit() {
    return audit;
  }

  /** Evidence of decisions of others. */
  public Imported imported() {
    return imported;
  }

  /** Follows a decision from its beginning: see {@link #watch(String, int)}. */
  public Watch<WatchDecisionResponse> watch(String decisionId) {
    return watch(decisionId, 0);
  }

  /**
   * Follows a decision: each event from {@code fromSeq} once and in order, through broken connections and restarts, until it has come to its end.
   *
   * <p>Heartbeats are kept back, and so is what a new connection says again: a second caught_up, and a first lifecycle that says nothing new.
   */
  public Watch<WatchDecisionResponse> watch(String decisionId, int fromSeq) {
    if (fromSeq < 0) throw new IllegalArgumentException("fromSeq: got " + fromSeq + ", wants 0 or more");
    return Watch.over(connection, silence, DecisionServiceGrpc.getWatchDecisionMethod(), new DecisionPlace(decisionId, fromSeq));
  }

  /** Follows all decisions that match: as they stand, then each change, for ever. Go on later with the last cursor of a message; an empty one begins anew. */
  public Watch<WatchDecisionsResponse> watchAll(DecisionFilter filter, String cursor) {
    return Watch.over(connection, silence, DecisionServiceGrpc.getWatchDecisionsMethod(), new AllDecisionsPlace(filter, cursor));
  }

  /**
   * The lifecycle of a decision once it can be executed; at once if it can be already.
   *
   * @throws WrongTurnException if it ended, or passed the gate, before it could be executed
   * @throws AttestException with DEADLINE_EXCEEDED if it takes longer than that
   */
  public Lifecycle waitUntilExecutable(String decisionId, Duration timeout) {
    return waitUntil(decisionId, Deadlines.in(timeout), AttestClient::isExecutable);
  }

  /**
   * The lifecycle of a decision once it has come to its end; at once if it has already.
   *
   * @throws AttestException with DEADLINE_EXCEEDED if it takes longer than that
   */
  public Lifecycle waitUntilTerminal(String decisionId, Duration timeout) {
    return waitUntil(decisionId, Deadlines.in(timeout), lifecycle -> isTerminal(lifecycle.getState()));
  }

  /** Executes a decision as its request says: see {@link #executeAndWait(ExecuteDecisionRequest, Duration)}. */
  public Decision executeAndWait(String decisionId, Duration timeout) {
    return executeAndWait(ExecuteDecisionRequest.newBuilder().setDecisionId(decisionId).build(), timeout);
  }

  /**
   * Executes a decision and gives it back as it is at its end: COMPLETED, FAILED, or OUTCOME_UNKNOWN if nobody can say how the run ended.
   *
   * <p>Carries on through restarts of the server.
   *
   * @throws AttestException with DEADLINE_EXCEEDED if it takes longer than that; the run goes on then
   */
  public Decision executeAndWait(ExecuteDecisionRequest request, Duration timeout) {
    Deadline end = Deadlines.in(timeout);
    Decisions timed = new Decisions(calls.until(end));
    timed.executeDecision(request);
    try (Watch<WatchDecisionResponse> watch = watch(request.getDecisionId())) {
      for (WatchDecisionResponse message = watch.await(end); message != null; message = watch.await(end)) {
        DecisionState state = message.getLifecycle().getLifecycle().getState();
        if (isTerminal(state) || state == DecisionState.DECISION_STATE_OUTCOME_UNKNOWN) break;
      }
    }
    return timed.getDecision(GetDecisionRequest.newBuilder().setDecisionId(request.getDecisionId()).build()).getDecision();
  }

  /** Ends what is under way, watches too, with the code CANCELLED, and closes the connection. What is asked of it later ends so as well. */
  @Override
  public void close() {
    connection.close();
  }

  private Lifecycle waitUntil(String decisionId, Deadline end, Predicate<Lifecycle> holds) {
    GetDecisionRequest request = GetDecisionRequest.newBuilder().setDecisionId(decisionId).setTimelineLimit(1).build();
    Decision found = new Decisions(calls.until(end)).getDecision(request).getDecision();
    Lifecycle last = found.getLifecycle();
    if (holds.test(last)) return last;
    try (Watch<WatchDecisionResponse> watch = watch(decisionId, found.getHeadSeq() + 1)) {
      for (WatchDecisionResponse message = watch.await(end); message != null; message = watch.await(end)) {
        if (!message.hasLifecycle()) continue;
        last = message.getLifecycle().getLifecycle();
        if (holds.test(last)) return last;
      }
    }
    throw new WrongTurnException("it is " + last.getState());
  }

  private static boolean isExecutable(Lifecycle lifecycle) {
    if (lifecycle.getExecutable()) return true;
    DecisionState state = lifecycle.getState();
    if (isTerminal(state) || state == DecisionState.DECISION_STATE_EXECUTING || state == DecisionState.DECISION_STATE_OUTCOME_UNKNOWN) {
      throw new WrongTurnException("it is " + state + " and cannot be executed any more");
    }
    return false;
  }

  private static boolean isTerminal(DecisionState state) {
    return switch (state) {
      case DECISION_STATE_COMPLETED, DECISION_STATE_FAILED, DECISION_STATE_REJECTED, DECISION_STATE_CANCELLED -> true;
      default -> false;
    };
  }
}
