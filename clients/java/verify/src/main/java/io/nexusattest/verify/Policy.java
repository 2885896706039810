package io.nexusattest.verify;

import java.util.HashSet;
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
  private static final int MOST_APPROVALS = 100;

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
    if (isOutOfBounds(minApprovals)) return "minApprovals is not from 1 to " + MOST_APPROVALS;
    if (groups.size() > MOST_GROUPS) return "more than " + MOST_GROUPS + " groups";
    Set<String> names = new HashSet<>();
    for (Group each : groups) {
      if (!names.add(each.group())) return "the group " + each.group() + " stands twice";
      if (isOutOfBounds(each.minApprovals())) return "minApprovals of the group " + each.group() + " is not from 1 to " + MOST_APPROVALS;
    }
    return null;
  }

  private static boolean isOutOfBounds(long approvals) {
    return approvals < 1 || approvals > MOST_APPROVALS;
  }
}
