package io.nexusattest.verify;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A policy: the known fields of one, each with its default where it is absent. A test holds them to the schema. */
record Policy(
    long minApprovals,
    List<String> allowedModes,
    List<String> requireAdapterCapabilities,
    long maxSteps,
    List<Label> labels,
    List<String> allowedAdapters,
    boolean allowSelfApproval,
    boolean humansOnly,
    List<Group> groups,
    boolean requireComment,
    long maxApprovalLifetimeSeconds,
    boolean requireSignedApprovals) {
  static final int MOST_GROUPS = 16;
  static final int MOST_APPROVALS = 100;

  record Label(String key, String value) {
    static List<Label> of(Map<String, Object> message, String field) {
      return Fields.messages(message, field).stream().map(each -> new Label(Fields.text(each, "key"), Fields.text(each, "value"))).toList();
    }
  }

  record Group(String group, long minApprovals) {
    static List<Group> of(Map<String, Object> message, String field) {
      return Fields.messages(message, field).stream().map(each -> new Group(Fields.text(each, "group"), Fields.number(each, "minApprovals"))).toList();
    }
  }

  static Policy of(Map<String, Object> given) {
    return new Policy(
        Fields.number(given, "minApprovals"),
        Fields.texts(given, "allowedModes"),
        Fields.texts(given, "requireAdapterCapabilities"),
        Fields.number(given, "maxSteps"),
        Label.of(given, "labels"),
        Fields.texts(given, "allowedAdapters"),
        Fields.flag(given, "allowSelfApproval"),
        Fields.flag(given, "humansOnly"),
        Group.of(given, "groups"),
        Fields.flag(given, "requireComment"),
        Fields.number(given, "maxApprovalLifetimeSeconds"),
        Fields.flag(given, "requireSignedApprovals"));
  }

  /** Which bound of event_schema it breaks; null if it keeps them all. */
  String outOfBounds() {
    return isOutOfBounds(minApprovals) ? "minApprovals is not from 1 to " + MOST_APPROVALS : outOfBounds(groups);
  }

  /** The same, of groups. */
  static String outOfBounds(List<Group> groups) {
    if (groups.size() > MOST_GROUPS) return "more than " + MOST_GROUPS + " groups";
    Set<String> names = new HashSet<>();
    for (Group each : groups) {
      if (!names.add(each.group())) return "the group " + each.group() + " stands twice";
      if (isOutOfBounds(each.minApprovals())) return "minApprovals of the group " + each.group() + " is not from 1 to " + MOST_APPROVALS;
    }
    return null;
  }

  /** The policy under guardrails: none of them makes it weaker. */
  Policy raisedBy(List<Guardrail> guardrails) {
    Policy raised = this;
    for (Guardrail each : guardrails) raised = raised.raisedBy(each);
    return raised;
  }

  private Policy raisedBy(Guardrail floor) {
    boolean anyMode = floor.allowedModes().isEmpty();
    Map<String, Long> seats = new LinkedHashMap<>();
    for (Group each : groups) seats.merge(each.group(), each.minApprovals(), Math::max);
    for (Group each : floor.groups()) seats.merge(each.group(), each.minApprovals(), Math::max);
    return new Policy(
        Math.max(minApprovals, floor.minApprovals()),
        allowedModes.stream().filter(mode -> anyMode || floor.allowedModes().contains(mode)).toList(),
        requireAdapterCapabilities,
        maxSteps,
        labels,
        allowedAdapters,
        allowSelfApproval && floor.allowSelfApproval(),
        humansOnly || floor.humansOnly(),
        seats.entrySet().stream().map(each -> new Group(each.getKey(), each.getValue())).toList(),
        requireComment,
        smallerLimit(maxApprovalLifetimeSeconds, floor.maxApprovalLifetimeSeconds()),
        requireSignedApprovals || floor.requireSignedApprovals());
  }

  /** Of two limits, 0 being none. */
  private static long smallerLimit(long one, long other) {
    return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
  }

  private static boolean isOutOfBounds(long approvals) {
    return approvals < 1 || approvals > MOST_APPROVALS;
  }
}
