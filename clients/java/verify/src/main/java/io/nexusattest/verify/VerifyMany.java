package io.nexusattest.verify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks packages by the thousand, for programs. Each line of standard input is the path of a package, a tab, and the path of a trust policy or {@code -};
 * each line of standard output is an object of JSON with the verdict, the status of every check by its name, and the signers as role and name, and their
 * key ids. What cannot be read, and what is no trust policy that can be used, ends it: who asks for that has made a mistake.
 */
public final class VerifyMany {
  private final Map<String, TrustPolicy> policies = new HashMap<>(Map.of("-", TrustPolicy.NOBODY));

  VerifyMany() {}

  /** Runs as a program. */
  public static void main(String[] arguments) {
    try {
      new VerifyMany().run(System.in, new PrintStream(System.out, false, StandardCharsets.UTF_8));
    } catch (IOException | UnusableTrustPolicyException mistaken) {
      System.err.println(mistaken.getMessage());
      System.exit(1);
    }
  }

  void run(InputStream in, PrintStream out) throws IOException, UnusableTrustPolicyException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      out.print(answer(line) + "\n");
      out.flush();
    }
  }

  private String answer(String line) throws IOException, UnusableTrustPolicyException {
    String[] named = line.split("\t", -1);
    if (named.length != 2) throw new IOException("a line is a package, a tab, and a trust policy or -");
    TrustPolicy trust = trust(named[1]);
    return written(Verifier.verify(BoundedFile.read(named[0], Verifier.MAX_BYTES, InputStream.nullInputStream()), trust));
  }

  private TrustPolicy trust(String file) throws IOException, UnusableTrustPolicyException {
    if (!policies.containsKey(file)) policies.put(file, TrustPolicy.read(BoundedFile.read(file, TrustPolicy.MAX_BYTES, InputStream.nullInputStream())));
    return policies.get(file);
  }

  /** The checks stand in the order of the report, which no map of the canonical form keeps. */
  private static String written(Report report) {
    List<String> checks = new ArrayList<>();
    for (Check check : report.checks()) checks.add(ReportJson.text(check.name()) + ":" + ReportJson.text(check.status().name()));
    List<Object> signers = new ArrayList<>();
    List<Object> keyIds = new ArrayList<>();
    for (Signer signer : report.signers()) {
      signers.add(signer.role() + " " + signer.name());
      keyIds.add(signer.keyId());
    }
    String signed = "\"signers\":" + ReportJson.text(signers) + ",\"keyIds\":" + ReportJson.text(keyIds);
    return "{\"verdict\":\"" + report.verdict() + "\",\"checks\":{" + String.join(",", checks) + "}," + signed + "}";
  }
}
