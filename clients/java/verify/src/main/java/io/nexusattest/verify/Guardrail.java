package io.nexusattest.verify;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A floor that the server's operators set under policies, as an event records it.
 *
 * @param named the digest that the event names
 * @param given the guardrail as it is given
 */
record Guardrail(String named, Map<String, Object> given) {
  private static final int MOST = 32;

  /** Those of a POLICY_ATTACHED or an EXECUTION_REQUESTED. */
  static List<Guardrail> of(Map<String, Object> body) {
    return Fields.messages(body, "guardrails").stream().map(use -> new Guardrail(Fields.text(use, "digest"), Fields.message(use, "guardrail"))).toList();
  }

  long minApprovals() {
    return Fields.number(given, "minApprovals");
  }

  List<Policy.Group> groups() {
    return Policy.Group.of(given, "groups");
  }

  boolean humansOnly() {
    return Fields.flag(given, "humansOnly");
  }

  boolean requireSignedApprovals() {
    return Fields.flag(given, "requireSignedApprovals");
  }

  boolean allowSelfApproval() {
    return Fields.flag(given, "allowSelfApproval");
  }

  /** Empty: any. */
  List<String> allowedModes() {
    return Fields.texts(given, "allowedModes");
  }

  long maxApprovalLifetimeSeconds() {
    return Fields.number(given, "maxApprovalLifetimeSeconds");
  }

  /** The key of a label that a request has to have and has not; null if it has them all. */
  String missingLabel(Set<Policy.Label> labels) {
    Map<String, Set<String>> valuesOf = new HashMap<>();
    for (Policy.Label label : labels) valuesOf.computeIfAbsent(label.key(), key -> new HashSet<>()).add(label.value());
    for (Map<String, Object> required : Fields.messages(given, "requiredLabels")) {
      String key = Fields.text(required, "key");
      List<String> values = Fields.texts(required, "values");
      Set<String> there = valuesOf.get(key);
      if (there == null || !values.isEmpty() && values.stream().noneMatch(there::contains)) return key;
    }
    return null;
  }

  /** Which bound of event_schema those of an event break; null if they keep them all. */
  static String outOfBounds(List<Guardrail> guardrails) {
    if (guardrails.size() > MOST) return "more than " + MOST + " guardrails";
    for (Guardrail each : guardrails) {
      if (each.minApprovals() > Policy.MOST_APPROVALS) return "minApprovals of a guardrail is more than " + Policy.MOST_APPROVALS;
      String groups = Policy.outOfBounds(each.groups());
      if (groups != null) return "of a guardrail, " + groups;
    }
    return null;
  }

  /** The check of whether they are what the log says, and those that the trust policy insists on. */
  static Finding check(Gate gate, TrustPolicy trust) {
    String wrong = misnamed(Guardrail.of(gate.history().attached().body()));
    List<Guardrail> atGate = Guardrail.of(gate.event().body());
    if (wrong == null) wrong = misnamed(atGate);
    if (wrong != null) return Finding.fail(wrong);
    Set<String> inForce = new HashSet<>();
    for (Guardrail each : atGate) inForce.add(each.named());
    for (String required : trust.requiredGuardrails()) {
      if (!inForce.contains(required)) return Finding.fail("the guardrail " + required + " was not in force at the gate");
    }
    return Finding.PASS;
  }

  private static String misnamed(List<Guardrail> guardrails) {
    Set<String> seen = new HashSet<>();
    for (Guardrail each : guardrails) {
      if (!each.named().equals(Digests.of(each.given()))) return "a guardrail is not the one that its digest names, " + each.named();
      if (!seen.add(each.named())) return "the guardrail " + each.named() + " stands twice in one list";
    }
    return null;
  }
}
