package io.nexusattest.verify;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Goes through a log event by event, and stops at the first that cannot have happened there. */
final class Replay {
  private final Log log;
  private final List<Approval> approvals = new ArrayList<>();
  private final Map<Actor, Deque<Approval>> unrevoked = new HashMap<>();
  private Phase phase = Phase.NONE;
  private Event attached;
  private Event gate;
  private Event started;
  private Event outcome;
  private final Map<String, Event> reviews = new LinkedHashMap<>();

  private Replay(Log log) {
    this.log = log;
  }

  static Stage<History> of(Log log) {
    Replay replay = new Replay(log);
    Event before = null;
    for (Event event : log.events()) {
      String wrong = replay.misplaced(event, before);
      if (wrong == null) wrong = replay.follow(event);
      if (wrong != null) return Stage.failed("replay", Finding.fail("event " + event.place() + ": " + wrong));
      before = event;
    }
    return Stage.reached(new History(log, replay.attached, List.copyOf(replay.approvals), replay.gate, replay.started, replay.outcome,
        List.copyOf(replay.reviews.values())));
  }

  private String misplaced(Event event, Event before) {
    if (Fields.number(event.given(), "seq") != event.place()) return "seq is not its place";
    if (!event.text("decisionId").equals(log.first().text("decisionId"))) return "decisionId is not that of the first event";
    if (!event.text("previousDigest").equals(before == null ? "" : before.digest())) return "previousDigest is not the digest of the event before";
    return before != null && event.occurredAt() < before.occurredAt() ? "it occurred before the one before it" : null;
  }

  private String follow(Event event) {
    Phase next = phase.after(event.type());
    if (next == null) return event.type() + " cannot follow when the decision is " + phase.name().toLowerCase(Locale.ROOT);
    phase = next;
    return switch (event.type()) {
      case "policyAttached" -> attach(event);
      case "approvalGranted" -> attached == null ? withoutPolicy(event) : approve(event);
      case "approvalRevoked" -> revoke(event);
      case "decisionRejected" -> attached == null ? withoutPolicy(event) : null;
      case "executionRequested" -> attached == null ? withoutPolicy(event) : pass(event);
      case "executionStarted" -> start(event);
      case "executionCompleted", "executionFailed" -> end(event);
      case "executionReviewed" -> review(event);
      default -> null;
    };
  }

  private String withoutPolicy(Event event) {
    return event.type() + " cannot be without a policy";
  }

  private String attach(Event event) {
    if (attached != null) return "a policy is attached already";
    attached = event;
    return null;
  }

  private String approve(Event event) {
    Approval approval = new Approval(event);
    approvals.add(approval);
    unrevoked.computeIfAbsent(approval.approver(), approver -> new ArrayDeque<>()).push(approval);
    return null;
  }

  private String revoke(Event event) {
    Deque<Approval> theirs = unrevoked.get(Actor.of(Fields.message(event.body(), "approver")));
    if (theirs == null || theirs.isEmpty()) return "there is no approval that it could end";
    theirs.pop().revoke(event.place());
    return null;
  }

  private String pass(Event event) {
    gate = event;
    return null;
  }

  private String end(Event event) {
    outcome = event;
    return null;
  }

  private String review(Event event) {
    String reviewer = event.actor().id();
    if (!gate.body().containsKey("breakGlass")) return "only an execution by break-glass is reviewed";
    if (reviewer.equals(gate.actor().id())) return "the reviewer is who executed it";
    return reviews.putIfAbsent(reviewer, event) == null ? null : "the reviewer has reviewed it already";
  }

  private String start(Event event) {
    started = event;
    return null;
  }
}
