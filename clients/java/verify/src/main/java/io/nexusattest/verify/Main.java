package io.nexusattest.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Checks an audit package offline, as {@code nexus-attest verify} does: the same options, checks, verdicts and exit codes. */
public final class Main {
  private static final int OK = 0;
  private static final int CANNOT_WRITE = 1;
  private static final int USAGE = 2;
  private static final int BROKEN = 7;
  private static final int NOT_AUTHENTIC = 9;

  private static final String HOW =
      """
      usage: nexus-attest-verify FILE [--trust FILE] [--json]

      Checks an audit package; needs no server. FILE - is standard input.

        --trust FILE   trust policy: whose signatures to believe; then only an authentic package exits with 0
        --json         the report as JSON

      Exit codes: 0 nothing disagrees (with --trust: authentic), 9 with --trust: nothing disagrees, and nobody who is
      believed signed all of it, 7 a check failed, 2 a file cannot be read, or a mistake in what was typed.
      """;

  private Main() {}

  /** Runs as a program. */
  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    PrintStream complaints = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    int code = run(arguments, System.in, out, complaints);
    System.exit(out.checkError() ? CANNOT_WRITE : code);
  }

  static int run(String[] typed, InputStream in, PrintStream out, PrintStream complaints) {
    Arguments arguments;
    try {
      arguments = Arguments.read(typed);
    } catch (Arguments.Mistyped mistyped) {
      complaints.print("error: " + Printable.of(mistyped.getMessage()) + "\n" + HOW);
      return USAGE;
    }
    if (arguments.help()) {
      out.print(HOW);
      return OK;
    }
    try {
      return verify(arguments, in, out);
    } catch (IOException unusable) {
      complaints.print("error: " + Printable.of(unusable.getMessage()) + "\n");
      return USAGE;
    }
  }

  private static int verify(Arguments arguments, InputStream in, PrintStream out) throws IOException {
    boolean isTrusting = arguments.trust() != null;
    TrustPolicy trust = isTrusting ? trust(arguments.trust(), in) : TrustPolicy.NOBODY;
    Report report = Verifier.verify(BoundedFile.read(arguments.file(), Verifier.MAX_BYTES, in), trust);
    out.print(arguments.json() ? ReportJson.of(report) + "\n" : ReportText.of(report, isTrusting));
    return switch (report.verdict()) {
      case AUTHENTIC -> OK;
      case CONSISTENT -> isTrusting ? NOT_AUTHENTIC : OK;
      case BROKEN -> BROKEN;
    };
  }

  private static TrustPolicy trust(String file, InputStream in) throws IOException {
    try {
      return TrustPolicy.read(BoundedFile.read(file, TrustPolicy.MAX_BYTES, in));
    } catch (UnusableTrustPolicyException unusable) {
      throw new IOException(file + " is no trust policy that can be used: " + unusable.getMessage() + ". docs/signatures.md says what one is", unusable);
    }
  }
}
