package io.nexusattest.verify;

import static io.nexusattest.verify.Suite.same;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Seats are filled if and only if they can be. */
final class QuorumTest implements Suite {
  @Override
  public void run(Runner tests) {
    tests.run("the first of two groups does not keep who alone can speak for the second", () -> {
      List<Policy.Group> groups = List.of(new Policy.Group("a", 1), new Policy.Group("b", 1));
      same(true, Quorum.fillsEverySeat(groups, List.of(List.of("a", "b"), List.of("a"))));
      same(false, Quorum.fillsEverySeat(groups, List.of(List.of("a", "b"))));
      same(false, Quorum.fillsEverySeat(groups, List.of(List.of("a"), List.of("a"))));
      same(false, Quorum.fillsEverySeat(groups, List.of(List.of("a", "b", "b"))));
    });
    tests.run("as trying every way does", () -> {
      Random random = new Random(1);
      for (int i = 0; i < 3_000; i++) {
        List<Policy.Group> groups = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) groups.add(new Policy.Group(name, 1 + random.nextInt(2)));
        List<List<String>> approvals = new ArrayList<>();
        for (int j = random.nextInt(8); j > 0; j--) {
          List<String> named = new ArrayList<>();
          for (String name : List.of("a", "b", "c", "d")) if (random.nextInt(3) == 0) named.add(name);
          approvals.add(named);
        }
        same(canFill(seats(groups), 0, approvals), Quorum.fillsEverySeat(groups, approvals));
      }
    });
  }

  private static List<String> seats(List<Policy.Group> groups) {
    List<String> seats = new ArrayList<>();
    for (Policy.Group group : groups) for (long i = 0; i < group.minApprovals(); i++) seats.add(group.group());
    return seats;
  }

  private static boolean canFill(List<String> seats, int next, List<List<String>> left) {
    if (next == seats.size()) return true;
    for (List<String> approval : left) {
      if (!approval.contains(seats.get(next))) continue;
      List<List<String>> others = new ArrayList<>(left);
      others.remove(approval);
      if (canFill(seats, next + 1, others)) return true;
    }
    return false;
  }
}
