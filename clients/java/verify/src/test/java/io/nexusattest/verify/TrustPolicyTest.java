package io.nexusattest.verify;

import static io.nexusattest.verify.Suite.check;
import static io.nexusattest.verify.Suite.same;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Which trust policies are taken, and which are refused. */
final class TrustPolicyTest implements Suite {
  private static final String KEY = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
  private static final String OTHER = "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=";
  private static final String APPROVER = "\"approver\":{\"type\":\"ACTOR_TYPE_HUMAN\",\"id\":\"e\"}";
  private static final String IDENTITY = Base64.getEncoder().encodeToString(Secret.littleEndian(BigInteger.ONE));

  private final Checkout checkout;

  TrustPolicyTest(Checkout checkout) {
    this.checkout = checkout;
  }

  @Override
  public void run(Runner tests) {
    tests.run("the one of docs/signatures.md", () -> {
      String page = new String(checkout.bytes("docs/signatures.md"), StandardCharsets.UTF_8);
      int begin = page.indexOf("```json\n{\n  \"policyVersion\"") + 8;
      TrustPolicy policy = TrustPolicy.read(page.substring(begin, page.indexOf("```", begin)).getBytes(StandardCharsets.UTF_8));
      same(2, policy.serverKeys().size());
      same(List.of("server_signature", "approver_signatures"), policy.requiredChecks());
      same(1, policy.approverKeys().size());
    });
    taken().forEach((what, text) -> tests.run("taken: " + what, () -> check(isTaken(text))));
    refused().forEach((what, text) -> tests.run("refused: " + what, () -> check(!isTaken(text))));
  }

  private static Map<String, String> taken() {
    Map<String, String> taken = new LinkedHashMap<>();
    taken.put("nothing but a version", policy(""));
    taken.put("white space", " \n" + policy("") + "\n");
    taken.put("empty texts and lists", policy(",\"serverKeys\":[],\"approverKeys\":[],\"routerKeys\":[],\"requiredChecks\":[]"));
    taken.put("a key without a name", server("\"name\":\""));
    taken.put("a name of 256 characters", server("\"name\":\"" + "😀".repeat(256)));
    taken.put("a key in several lists", policy(",\"serverKeys\":[{\"publicKey\":\"" + KEY + "\"}],\"approverKeys\":[{" + APPROVER + ",\"publicKey\":\""
        + KEY + "\"}]"));
    taken.put("1,000 adapters", router(adapters(1_000)));
    taken.put("every check", policy(",\"requiredChecks\":[" + everyCheck() + "]"));
    taken.put("guardrails", policy(",\"requiredGuardrails\":[" + digests(32) + "]"));
    taken.put("no guardrails", policy(",\"requiredGuardrails\":[]"));
    taken.put("break-glass", policy(",\"acceptedBreakGlass\":\"ACCEPTED_BREAK_GLASS_ALL\""));
    taken.put("bounds", policy(",\"notBefore\":\"2026-01-01T00:00:00Z\",\"notAfter\":\"2026-01-01T00:00:00.001Z\""));
    return taken;
  }

  private static Map<String, String> refused() {
    Map<String, String> refused = new LinkedHashMap<>();
    refused.put("nothing", "");
    refused.put("no JSON", policy("").substring(1));
    refused.put("a list", "[" + policy("") + "]");
    refused.put("a byte order mark", "\ufeff" + policy(""));
    refused.put("no version", "{}");
    refused.put("another version", policy("").replace("v1", "v2"));
    refused.put("larger than 1,048,576 bytes", policy("") + " ".repeat(1_048_576));
    refused.put("an unknown field", policy(",\"serverkeys\":[]"));
    refused.put("an unknown field of a key", server("\"Name\":\""));
    refused.put("a name twice", policy(",\"policyVersion\":\"nexus.attest/trust-policy/v1\""));
    refused.put("null", policy(",\"serverKeys\":null"));
    refused.put("another type", policy(",\"serverKeys\":{}"));
    refused.put("half of a pair", server("\"name\":\"\\ud800"));
    refused.put("no key", policy(",\"serverKeys\":[{}]"));
    refused.put("a key of small order", policy(",\"serverKeys\":[{\"publicKey\":\"" + IDENTITY + "\"}]"));
    refused.put("a key of 31 bytes", policy(",\"serverKeys\":[{\"publicKey\":\"" + "A".repeat(42) + "==\"}]"));
    refused.put("a key in URL-safe base64", policy(",\"serverKeys\":[{\"publicKey\":\"" + KEY.replace('/', '_') + "\"}]"));
    refused.put("a key twice", policy(",\"serverKeys\":[{\"publicKey\":\"" + KEY + "\"},{\"name\":\"b\",\"publicKey\":\"" + KEY + "\"}]"));
    refused.put("one key of two approvers", policy(",\"approverKeys\":[{" + APPROVER + ",\"publicKey\":\"" + KEY + "\"},{" + APPROVER.replace("\"e\"",
        "\"f\"") + ",\"publicKey\":\"" + KEY + "\"}]"));
    refused.put("more than 1,000 keys", policy(",\"serverKeys\":[" + "{\"publicKey\":\"" + KEY + "\"},".repeat(1_000) + "{\"publicKey\":\"" + OTHER
        + "\"}]"));
    refused.put("a name of 257 characters", server("\"name\":\"" + "a".repeat(257)));
    refused.put("nobody's key", policy(",\"approverKeys\":[{\"publicKey\":\"" + KEY + "\"}]"));
    refused.put("a key of an approver without an id", policy(",\"approverKeys\":[{\"approver\":{\"type\":\"ACTOR_TYPE_HUMAN\"},\"publicKey\":\"" + KEY
        + "\"}]"));
    refused.put("a key of an approver of no type", policy(",\"approverKeys\":[{\"approver\":{\"id\":\"e\"},\"publicKey\":\"" + KEY + "\"}]"));
    refused.put("a router's key without adapters", router("[]"));
    refused.put("an adapter twice", router("[\"a\",\"a\"]"));
    refused.put("1,001 adapters", router(adapters(1_001)));
    refused.put("a check that there is not", policy(",\"requiredChecks\":[\"server_signatures\"]"));
    refused.put("required_checks itself", policy(",\"requiredChecks\":[\"required_checks\"]"));
    refused.put("a check twice", policy(",\"requiredChecks\":[\"format\",\"format\"]"));
    refused.put("a guardrail that is no digest", policy(",\"requiredGuardrails\":[\"production\"]"));
    refused.put("a guardrail twice", policy(",\"requiredGuardrails\":[" + digests(1) + "," + digests(1) + "]"));
    refused.put("33 guardrails", policy(",\"requiredGuardrails\":[" + digests(33) + "]"));
    refused.put("break-glass of another kind", policy(",\"acceptedBreakGlass\":\"ACCEPTED_BREAK_GLASS_UNSPECIFIED\""));
    refused.put("no time", policy(",\"notBefore\":\"yesterday\""));
    refused.put("a time that is empty", policy(",\"notBefore\":\"\""));
    for (String end : List.of("2026-01-01T00:00:00Z", "2025-01-01T00:00:00Z")) {
      String bounds = ",\"notBefore\":\"2026-01-01T00:00:00Z\",\"%s\":\"" + end + "\"";
      refused.put("notAfter " + end, policy(String.format(bounds, "notAfter")));
      refused.put("notAfter of a server's key " + end, policy(",\"serverKeys\":[{\"publicKey\":\"" + KEY + "\"" + String.format(bounds, "notAfter") + "}]"));
      refused.put("revokedAt " + end, policy(",\"approverKeys\":[{" + APPROVER + ",\"publicKey\":\"" + KEY + "\"" + String.format(bounds, "revokedAt")
          + "}]"));
    }
    return refused;
  }

  private static String policy(String more) {
    return "{\"policyVersion\":\"nexus.attest/trust-policy/v1\"" + more + "}";
  }

  private static String server(String open) {
    return policy(",\"serverKeys\":[{" + open + "\",\"publicKey\":\"" + KEY + "\"}]");
  }

  private static String router(String adapters) {
    return policy(",\"routerKeys\":[{\"publicKey\":\"" + KEY + "\",\"adapterIds\":" + adapters + "}]");
  }

  private static String adapters(int count) {
    return IntStream.range(0, count).mapToObj(i -> "\"" + i + "\"").collect(Collectors.joining(",", "[", "]"));
  }

  private static String digests(int count) {
    return IntStream.range(0, count).mapToObj(i -> String.format("\"sha256:%064d\"", i)).collect(Collectors.joining(","));
  }

  private static String everyCheck() {
    List<String> names = new ArrayList<>();
    for (Question question : Checklist.QUESTIONS) {
      if (!question.name().equals("required_checks")) names.add("\"" + question.name() + "\"");
    }
    return String.join(",", names);
  }

  private static boolean isTaken(String text) {
    try {
      TrustPolicy.read(text.getBytes(StandardCharsets.UTF_8));
      return true;
    } catch (UnusableTrustPolicyException refused) {
      check(!refused.getMessage().isEmpty());
      return false;
    }
  }
}
