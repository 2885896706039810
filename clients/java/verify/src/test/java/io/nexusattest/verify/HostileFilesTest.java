package io.nexusattest.verify;

import static io.nexusattest.verify.Suite.same;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Files that were made to break a verifier: there is a report of each, in the memory that the tests are given. */
final class HostileFilesTest implements Suite {
  private final Checkout checkout;

  HostileFilesTest(Checkout checkout) {
    this.checkout = checkout;
  }

  @Override
  public void run(Runner tests) throws Exception {
    byte[] genuine = checkout.bytes("testdata/audit-packages/good/embedded.json");
    String text = new String(genuine, StandardCharsets.UTF_8);
    TrustPolicy trust = TrustPolicy.read(checkout.bytes("testdata/audit-packages/trust/everybody.json"));

    Map<String, byte[]> noPackages = new LinkedHashMap<>();
    for (String no : List.of("", " ", "null", "[]", "{}", "\"\"", "1", "{\"packageVersion\":\"nexus.attest/audit-package/v1\"}", "\ufeff" + text, text + "x",
        text + text, "[" + text + "]")) {
      noPackages.put("no package: " + no.substring(0, Math.min(no.length(), 60)), no.getBytes(StandardCharsets.UTF_8));
    }
    noPackages.put("UTF-16", text.getBytes(StandardCharsets.UTF_16));
    noPackages.put("UTF-32", text.getBytes(Charset.forName("UTF-32")));
    noPackages.put("a byte that is not UTF-8", text.replace("\"goal\":\"", "\"goal\":\"\u00ff").getBytes(StandardCharsets.ISO_8859_1));
    noPackages.put("half of a surrogate pair", text.replace("\"goal\":\"", "\"goal\":\"\\ud800").getBytes(StandardCharsets.UTF_8));
    noPackages.put("half of a surrogate pair, in an unknown field", text.replace("{\"bindingDigest\"", "{\"a\":[{\"\\udc00\":1}],\"bindingDigest\"")
        .getBytes(StandardCharsets.UTF_8));
    noPackages.put("a number that no double holds", text.replace("{\"bindingDigest\"", "{\"a\":1e400,\"bindingDigest\"").getBytes(StandardCharsets.UTF_8));
    noPackages.put("null for a known field", text.replace("\"link\":{", "\"link\":null,\"x\":{").getBytes(StandardCharsets.UTF_8));
    for (String open : List.of("[", "{\"a\":", "[{\"a\":")) noPackages.put("deep: " + open, open.repeat(10_000_000 / open.length())
        .getBytes(StandardCharsets.UTF_8));
    noPackages.put("65 deep, in an unknown field", text.replace("{\"bindingDigest\"", "{\"a\":" + "[".repeat(64) + "]".repeat(64) + ",\"bindingDigest\"")
        .getBytes(StandardCharsets.UTF_8));
    noPackages.forEach((name, file) -> tests.run(name, () -> {
      Report report = Verifier.verify(file, trust);
      same(Verdict.BROKEN, report.verdict());
      same(List.of(Status.FAIL, Status.NOT_CHECKED, Status.FAIL), List.of(report.status("format"), report.status("canonical_form"),
          report.status("required_checks")));
      same("0", report.decisionId() + report.bindingDigest() + String.valueOf(report.signers().size()));
    }));

    Map<String, String> notCanonical = new LinkedHashMap<>();
    notCanonical.put("a space behind it", text + " ");
    notCanonical.put("a line break behind it", text + "\n");
    notCanonical.put("a name twice", text.replace("{\"bindingDigest\"", "{\"bindingDigest\":5,\"bindingDigest\""));
    notCanonical.put("a number with a point", text.replaceFirst("\"seq\":1\\b", "\"seq\":1.0"));
    notCanonical.put("a number with an exponent", text.replaceFirst("\"seq\":1\\b", "\"seq\":1e0"));
    notCanonical.put("a number with many digits", text.replaceFirst("\"seq\":1\\b", "\"seq\":1." + "0".repeat(100_000)));
    notCanonical.put("a letter escaped", text.replace("\"goal\":\"", "\"goal\":\"\\u0041").replaceFirst("\\\\u0041[a-z]", "\\\\u0072"));
    notCanonical.put("an escape in upper case", text.replace("\"goal\":", "\"g\\u006Fal\":"));
    notCanonical.forEach((name, file) -> tests.run(name + ": the package is not authentic, for its form alone", () -> {
      Report report = Verifier.verify(file.getBytes(StandardCharsets.UTF_8), trust);
      same(Status.PASS, report.status("format"));
      same(Status.FAIL, report.status("canonical_form"));
      same(Verdict.BROKEN, report.verdict());
    }));

    tests.run("a byte more than 64 MiB, and 64 MiB", () -> {
      byte[] large = Arrays.copyOf(genuine, Verifier.MAX_BYTES + 1);
      Arrays.fill(large, genuine.length, large.length, (byte) ' ');
      same(Status.FAIL, Verifier.verify(large, trust).status("format"));
      same(Status.PASS, Verifier.verify(Arrays.copyOf(large, Verifier.MAX_BYTES), trust).status("format"));
    });
    for (String filling : List.of("{},", "[],", "\"\",", "0,", "{\"\":0},", "\"中\\n\",")) {
      tests.run("as much as there may be of " + filling, () -> same(Status.PASS, Verifier.verify(filled(text, filling), trust).status("control_digest")));
    }
    tests.run("100,000 numbers of the kind that takes longest to write", () -> {
      String numbers = ",\"x\":[" + "1.0345678901234566e-300,".repeat(100_000) + "0]}";
      same(Status.PASS, Verifier.verify(text.substring(0, text.length() - 1).concat(numbers).getBytes(StandardCharsets.UTF_8),
          trust).status("canonical_form"));
    });
    tests.run("one string as long as it may be, escaped and beyond Latin-1", () -> {
      byte[] large = new byte[Verifier.MAX_BYTES];
      Arrays.fill(large, (byte) 'x');
      byte[] head = text.substring(0, text.length() - 1).concat(",\"x\":\"中\\n").getBytes(StandardCharsets.UTF_8);
      System.arraycopy(head, 0, large, 0, head.length);
      large[large.length - 2] = '"';
      large[large.length - 1] = '}';
      same(Status.PASS, Verifier.verify(large, trust).status("canonical_form"));
    });
  }

  /** A package with an unknown field behind all others, full of something. */
  private static byte[] filled(String text, String filling) {
    String inString = filling.replaceAll("\"[^\"]*\"", "");
    long marks = inString.chars().filter(unit -> "{[,".indexOf(unit) >= 0).count();
    int bytes = filling.getBytes(StandardCharsets.UTF_8).length;
    long count = Math.min((JsonReader.MOST_MARKS - 5_000) / marks, (Verifier.MAX_BYTES - 1_000_000) / bytes);
    String field = ",\"x\":[" + filling.repeat((int) count) + "0]}";
    return text.substring(0, text.length() - 1).concat(field).getBytes(StandardCharsets.UTF_8);
  }
}
