package io.nexusattest.verify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Seats voices in the groups that a policy wants to be heard. A voice, such as an approval, is the list of the groups that it can speak for; it can take one
 * seat, in one of these. A maximum bipartite matching, by augmenting paths.
 */
final class Quorum {
  private final List<List<Integer>> candidates = new ArrayList<>();
  private final Map<Integer, Integer> seated = new HashMap<>();

  private Quorum(List<Policy.Group> groups, List<List<String>> voices) {
    Map<String, List<Integer>> named = new HashMap<>();
    for (Policy.Group group : groups) {
      List<Integer> own = new ArrayList<>();
      named.put(group.group(), own);
      candidates.add(own);
    }
    for (int voice = 0; voice < voices.size(); voice++) {
      for (String group : new HashSet<>(voices.get(voice))) {
        if (named.containsKey(group)) named.get(group).add(voice);
      }
    }
  }

  /** What the quorum of a policy lacks; null if it holds. */
  static String lacking(Policy policy, List<List<String>> voices) {
    if (voices.size() < policy.minApprovals()) return voices.size() + " approvals count, " + policy.minApprovals() + " have to";
    if (policy.groups().size() > Policy.MOST_GROUPS) return "more than " + Policy.MOST_GROUPS + " groups have to be heard";
    return fillsEverySeat(policy.groups(), voices) ? null : "the seats of the groups cannot all be filled at the same time";
  }

  static boolean fillsEverySeat(List<Policy.Group> groups, List<List<String>> voices) {
    Quorum quorum = new Quorum(groups, voices);
    for (int group = 0; group < groups.size(); group++) {
      for (long seat = 0; seat < groups.get(group).minApprovals(); seat++) {
        if (!quorum.seat(group, new HashSet<>())) return false;
      }
    }
    return true;
  }

  /**
   * Fills a seat of a group, be it by a voice from another group, whose seat another takes then. Asks each group once, so it goes no deeper than there are
   * groups.
   */
  private boolean seat(int group, Set<Integer> asked) {
    if (!asked.add(group)) return false;
    for (int voice : candidates.get(group)) {
      Integer other = seated.get(voice);
      if (other != null && (other == group || !seat(other, asked))) continue;
      seated.put(voice, group);
      return true;
    }
    return false;
  }
}
