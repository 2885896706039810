package io.nexusattest.verify;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The events of a package, all of which can be read; and the checks of how they stand in a row. */
record Log(PackageFile file, List<Event> events) {
  static Stage<Log> read(PackageFile file) {
    List<Event> events = new ArrayList<>();
    for (Map<String, Object> given : file.events()) {
      String wrong = unreadable(given);
      if (wrong != null) return Stage.failed("event_schema", Finding.fail("event " + events.size() + ": " + wrong));
      events.add(new Event(events.size(), given, Digests.of(given), bodies(given).get(0), Fields.time(given, "occurredAt")));
    }
    return Stage.reached(new Log(file, events));
  }

  private static String unreadable(Map<String, Object> given) {
    Shape shape = Shape.of(Schema.EVENT, given);
    if (shape.brokenRule() != null) return shape.brokenRule() + " is not written as ProtoJSON writes it";
    if (shape.unreadable() != null) return shape.unreadable();
    List<String> bodies = bodies(given);
    if (bodies.size() != 1) return bodies.isEmpty() ? "it has no body" : "it has the bodies " + bodies;
    Map<String, Object> body = Fields.message(given, bodies.get(0));
    String guardrails = Set.of("policyAttached", "executionRequested").contains(bodies.get(0)) ? Guardrail.outOfBounds(Guardrail.of(body)) : null;
    String policy = bodies.get(0).equals("policyAttached") ? Policy.of(Fields.message(body, "policy")).outOfBounds() : null;
    return policy == null ? guardrails : policy;
  }

  private static List<String> bodies(Map<String, Object> given) {
    return Schema.BODIES.stream().map(MessageType::name).filter(given::containsKey).toList();
  }

  Event first() {
    return events.get(0);
  }

  Event last() {
    return events.get(events.size() - 1);
  }

  Finding sequence() {
    Set<String> ids = new HashSet<>();
    long before = Long.MIN_VALUE;
    for (Event event : events) {
      String where = "event " + event.place() + ": ";
      if (Fields.number(event.given(), "seq") != event.place()) return Finding.fail(where + "seq is not its place");
      if (!event.text("decisionId").equals(file.decisionId())) return Finding.fail(where + "decisionId is not that of the control bundle");
      if (!ids.add(event.text("eventId"))) return Finding.fail(where + "eventId is that of an earlier one");
      if (event.occurredAt() < before) return Finding.fail(where + "it occurred before the one before it");
      before = event.occurredAt();
    }
    return Finding.PASS;
  }

  Finding chain() {
    String before = "";
    for (Event event : events) {
      String named = event.text("previousDigest");
      if (!named.equals(before)) return Finding.same("previousDigest of event " + event.place(), before, named);
      before = event.digest();
    }
    return Finding.PASS;
  }

  Finding timeBounds(TrustPolicy trust) {
    if (trust.period().isUnbounded()) return Finding.notChecked("the trust policy bounds no times");
    return Finding.unless(
        !trust.period().hasBegunBy(first().occurredAt())
            ? "the first event occurred before notBefore"
            : trust.period().isOverAt(last().occurredAt()) ? "the last event did not occur before notAfter" : null);
  }
}
