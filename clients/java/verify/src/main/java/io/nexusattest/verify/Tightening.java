package io.nexusattest.verify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What overrides make of a template's policy, by the table of "template" in docs/audit-package.md. Overrides can only tighten; the others are refused. */
final class Tightening {
  private static final int MOST_CAPABILITIES = 32;
  private static final int MOST_LABELS = 32;

  private final Map<String, Object> overrides;
  private String refused;

  private Tightening(Map<String, Object> overrides) {
    this.overrides = overrides;
  }

  /** Why a policy is not what follows from the template's and the overrides, which are null if there are none; null if it is. */
  static String disagreement(Policy template, Map<String, Object> overrides, Policy policy) {
    Tightening tightening = new Tightening(overrides == null ? Map.of() : overrides);
    Policy made = tightening.apply(template);
    if (tightening.refused != null) return "the override of " + tightening.refused + " does not tighten the template";
    return made.equals(policy) ? null : "the policy is not what the template and its overrides make";
  }

  private Policy apply(Policy template) {
    return new Policy(
        minApprovals(template.minApprovals()),
        narrowed("allowedModes", template.allowedModes(), false),
        capabilities(template.requireAdapterCapabilities()),
        limit("maxSteps", template.maxSteps()),
        labels(template.labels()),
        narrowed("allowedAdapters", template.allowedAdapters(), template.allowedAdapters().isEmpty()),
        flag("allowSelfApproval", template.allowSelfApproval(), true),
        flag("humansOnly", template.humansOnly(), false),
        groups(template.groups()),
        flag("requireComment", template.requireComment(), false),
        limit("maxApprovalLifetimeSeconds", template.maxApprovalLifetimeSeconds()),
        flag("requireSignedApprovals", template.requireSignedApprovals(), false));
  }

  private void refuse(String field, boolean isRefused) {
    if (isRefused && refused == null) refused = field;
  }

  private long minApprovals(long template) {
    if (!overrides.containsKey("minApprovals")) return template;
    long override = Fields.number(overrides, "minApprovals");
    refuse("minApprovals", override < template);
    return override;
  }

  /** 0 is no limit. */
  private long limit(String field, long template) {
    if (!overrides.containsKey(field)) return template;
    long override = Fields.number(overrides, field);
    refuse(field, template != 0 && (override == 0 || override > template));
    return override;
  }

  private boolean flag(String field, boolean template, boolean looser) {
    if (!overrides.containsKey(field)) return template;
    boolean override = Fields.flag(overrides, field);
    refuse(field, override == looser && template != looser);
    return override;
  }

  private List<String> narrowed(String field, List<String> template, boolean isRefused) {
    List<String> override = Fields.texts(overrides, field);
    if (override.isEmpty()) return template;
    Set<String> kept = new HashSet<>(override);
    refuse(field, isRefused || kept.size() < override.size() || !new HashSet<>(template).containsAll(kept));
    return template.stream().filter(kept::contains).toList();
  }

  private List<String> capabilities(List<String> template) {
    List<String> override = Fields.texts(overrides, "requireAdapterCapabilities");
    if (override.isEmpty()) return template;
    List<String> made = added(template, override, capability -> capability);
    refuse("requireAdapterCapabilities", repeats(override) || made.size() > MOST_CAPABILITIES);
    return made;
  }

  private List<Policy.Label> labels(List<Policy.Label> template) {
    List<Policy.Label> override = Policy.Label.of(overrides, "labels");
    if (override.isEmpty()) return template;
    Map<String, Set<String>> values =
        template.stream().collect(Collectors.groupingBy(Policy.Label::key, Collectors.mapping(Policy.Label::value, Collectors.toSet())));
    List<Policy.Label> made = new ArrayList<>(added(template, override, Policy.Label::key));
    made.sort(Comparator.comparing(Policy.Label::key));
    boolean differs = override.stream().anyMatch(label -> values.containsKey(label.key()) && !values.get(label.key()).equals(Set.of(label.value())));
    refuse("labels", repeats(override.stream().map(Policy.Label::key).toList()) || differs || made.size() > MOST_LABELS);
    return made;
  }

  private List<Policy.Group> groups(List<Policy.Group> template) {
    List<Policy.Group> override = Policy.Group.of(overrides, "groups");
    if (override.isEmpty()) return template;
    Map<String, Long> named = new LinkedHashMap<>();
    for (Policy.Group group : override) named.put(group.group(), group.minApprovals());
    boolean loosens = template.stream().anyMatch(group -> named.getOrDefault(group.group(), group.minApprovals()) < group.minApprovals());
    List<Policy.Group> raised =
        template.stream().map(group -> new Policy.Group(group.group(), named.getOrDefault(group.group(), group.minApprovals()))).toList();
    List<Policy.Group> made = added(raised, override, Policy.Group::group);
    refuse("groups", repeats(override.stream().map(Policy.Group::group).toList()) || loosens || made.size() > Policy.MOST_GROUPS);
    return made;
  }

  /** The template's, then those of the override's whose key is not among them. */
  private static <T> List<T> added(List<T> template, List<T> override, Function<T, String> key) {
    Set<String> there = template.stream().map(key).collect(Collectors.toSet());
    return Stream.concat(template.stream(), override.stream().filter(each -> !there.contains(key.apply(each)))).toList();
  }

  private static boolean repeats(List<String> texts) {
    return new HashSet<>(texts).size() < texts.size();
  }
}
