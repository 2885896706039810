package io.nexusattest.verify;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Runs all tests; the argument is the folder of the checkout. The last line is {@code N passed, N failed}. */
public final class Tests {
  private static int passed;
  private static int failed;

  private Tests() {}

  public static void main(String[] arguments) throws Exception {
    Checkout checkout = new Checkout(Path.of(arguments[0]));
    List<Suite> suites =
        List.of(
            new JsonTest(),
            new NumbersTest(),
            new ShapeTest(),
            new KeysTest(),
            new TrustPolicyTest(checkout),
            new PagesTest(checkout),
            new TighteningTest(),
            new QuorumTest(),
            new RulesTest(checkout),
            new GuardrailsTest(checkout),
            new BeliefTest(checkout),
            new KnownPackagesTest(checkout),
            new HostileFilesTest(checkout),
            new MutationsTest(checkout),
            new CommandTest(checkout));
    for (Suite suite : suites) {
      int before = failed;
      long began = System.nanoTime();
      int count = passed + failed;
      suite.run(Tests::run);
      String name = suite.getClass().getSimpleName();
      System.out.printf(
          Locale.ROOT, "%s %s: %d tests (%.1f s)%n", failed > before ? "FAIL" : "ok  ", name, passed + failed - count, (System.nanoTime() - began) / 1e9);
    }
    System.out.printf(Locale.ROOT, "%d passed, %d failed%n", passed, failed);
    System.exit(failed > 0 || passed == 0 ? 1 : 0);
  }

  private static void run(String name, Suite.Test test) {
    try {
      test.run();
      passed++;

    } catch (Throwable failure) {
      failed++;
      System.out.println("FAIL " + name);
      failure.printStackTrace(System.out);
    }
  }
}
