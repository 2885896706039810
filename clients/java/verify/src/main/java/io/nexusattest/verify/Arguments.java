package io.nexusattest.verify;

/**
 * What was typed. Options stand before or behind the file, as those of {@code nexus-attest verify} do.
 *
 * @param file the package
 * @param trust the trust policy; null if none was named
 * @param json whether the report is to be JSON
 * @param help whether only to say how this is used
 */
record Arguments(String file, String trust, boolean json, boolean help) {
  private static final String TRUST = "--trust";

  /** Something was mistyped. */
  static final class Mistyped extends Exception {
    private static final long serialVersionUID = 1;

    Mistyped(String message) {
      super(message);
    }
  }

  static Arguments read(String... given) throws Mistyped {
    String file = null;
    String trust = null;
    boolean json = false;
    boolean optionsEnded = false;
    for (int at = 0; at < given.length; at++) {
      String argument = given[at];
      boolean isOption = !optionsEnded && argument.length() > 1 && argument.startsWith("-");
      if (!isOption) {
        if (file != null) throw new Mistyped("exactly one file, not more");
        file = argument;
      } else if (argument.equals("--help") || argument.equals("-h")) {
        return new Arguments(null, null, false, true);
      } else if (argument.equals("--json")) {
        json = true;
      } else if (argument.equals("--")) {
        optionsEnded = true;
      } else if (argument.equals(TRUST) || argument.startsWith(TRUST + "=")) {
        boolean isBehind = argument.equals(TRUST) && ++at < given.length;
        trust = isBehind ? given[at] : argument.equals(TRUST) ? "" : argument.substring(TRUST.length() + 1);
        if (trust.isEmpty()) throw new Mistyped(TRUST + " needs a file");
      } else {
        throw new Mistyped("there is no option " + argument);
      }
    }
    if (file == null) throw new Mistyped("exactly one file, not none");
    if (file.equals("-") && "-".equals(trust)) throw new Mistyped("file and trust policy cannot both be standard input");
    return new Arguments(file, trust, json, false);
  }
}
