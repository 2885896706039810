package io.nexusattest.verify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Seats approvals in the groups that a policy wants to be heard: an approval can take one seat, in a group that it names. A maximum bipartite matching, by
 * augmenting paths.
 */
final class Quorum {
  private final List<List<Approval>> candidates = new ArrayList<>();
  private final Map<Approval, Integer> seated = new HashMap<>();

  private Quorum(List<Policy.Group> groups, List<Approval> approvals) {
    Map<String, List<Approval>> named = new HashMap<>();
    for (Policy.Group group : groups) {
      List<Approval> own = new ArrayList<>();
      named.put(group.group(), own);
      candidates.add(own);
    }
    for (Approval approval : approvals) {
      for (String group : new HashSet<>(approval.groups())) {
        if (named.containsKey(group)) named.get(group).add(approval);
      }
    }
  }

  static boolean fillsEverySeat(List<Policy.Group> groups, List<Approval> approvals) {
    Quorum quorum = new Quorum(groups, approvals);
    for (int group = 0; group < groups.size(); group++) {
      for (long seat = 0; seat < groups.get(group).minApprovals(); seat++) {
        if (!quorum.seat(group, new HashSet<>())) return false;
      }
    }
    return true;
  }

  /**
   * Fills a seat of a group, be it by somebody of another group, whose seat another takes then. Asks each group once, so it goes no deeper than there are
   * groups.
   */
  private boolean seat(int group, HashSet<Integer> asked) {
    if (!asked.add(group)) return false;
    for (Approval approval : candidates.get(group)) {
      Integer other = seated.get(approval);
      if (other != null && (other == group || !seat(other, asked))) continue;
      seated.put(approval, group);
      return true;
    }
    return false;
  }
}
