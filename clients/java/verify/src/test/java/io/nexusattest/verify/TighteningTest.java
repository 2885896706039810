package io.nexusattest.verify;

import static io.nexusattest.verify.Suite.check;
import static io.nexusattest.verify.Suite.same;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What overrides make of a template's policy: each row of the table. */
final class TighteningTest implements Suite {
  private static final String TEMPLATE =
      """
      "minApprovals":2,"allowedModes":["MODE_APPLY","MODE_DRY_RUN"],"requireAdapterCapabilities":["b"],"maxSteps":5,"labels":[{"key":"b","value":"1"}],
      "allowedAdapters":["x","y"],"humansOnly":true,"groups":[{"group":"g","minApprovals":2},{"group":"h","minApprovals":1}]
      """;

  @Override
  public void run(Runner tests) {
    becomes(tests, "", "", TEMPLATE);
    becomes(tests, TEMPLATE, "\"minApprovals\":3", TEMPLATE.replace("\"minApprovals\":2,\"allowed", "\"minApprovals\":3,\"allowed"));
    becomes(tests, TEMPLATE, "\"allowedModes\":[\"MODE_DRY_RUN\",\"MODE_APPLY\"]", TEMPLATE);
    becomes(tests, TEMPLATE, "\"allowedModes\":[\"MODE_DRY_RUN\"]", TEMPLATE.replace("\"MODE_APPLY\",", ""));
    becomes(tests, TEMPLATE, "\"requireAdapterCapabilities\":[\"c\",\"b\",\"a\"]", TEMPLATE.replace("[\"b\"]", "[\"b\",\"c\",\"a\"]"));
    becomes(tests, TEMPLATE, "\"maxSteps\":5", TEMPLATE);
    becomes(tests, TEMPLATE, "\"maxSteps\":4", TEMPLATE.replace("\"maxSteps\":5", "\"maxSteps\":4"));
    becomes(tests, TEMPLATE, "\"maxApprovalLifetimeSeconds\":9", TEMPLATE + ",\"maxApprovalLifetimeSeconds\":9");
    becomes(tests, TEMPLATE, "\"maxApprovalLifetimeSeconds\":0", TEMPLATE);
    becomes(tests, TEMPLATE, "\"labels\":[{\"key\":\"a\"},{\"key\":\"b\",\"value\":\"1\"}]", TEMPLATE.replace("\"labels\":[",
        "\"labels\":[{\"key\":\"a\"},"));
    becomes(tests, TEMPLATE, "\"allowedAdapters\":[\"y\",\"x\"]", TEMPLATE);
    becomes(tests, TEMPLATE, "\"allowedAdapters\":[\"y\"]", TEMPLATE.replace("\"x\",", ""));
    becomes(tests, TEMPLATE, "\"humansOnly\":true,\"allowSelfApproval\":false,\"requireComment\":true", TEMPLATE + ",\"requireComment\":true");
    becomes(tests, TEMPLATE + ",\"allowSelfApproval\":true", "\"allowSelfApproval\":false,\"requireSignedApprovals\":true", TEMPLATE
        + ",\"requireSignedApprovals\":true");
    becomes(
        tests,
        TEMPLATE,
        "\"groups\":[{\"group\":\"i\",\"minApprovals\":7},{\"group\":\"g\",\"minApprovals\":3}]",
        TEMPLATE.replace("\"g\",\"minApprovals\":2", "\"g\",\"minApprovals\":3").replace("1}]", "1},{\"group\":\"i\",\"minApprovals\":7}]"));

    refused(tests, "minApprovals", "\"minApprovals\":1");
    refused(tests, "minApprovals", "\"minApprovals\":0");
    refused(tests, "allowedModes", "\"allowedModes\":[\"MODE_APPLY\",\"MODE_APPLY\"]");
    refused(tests, "requireAdapterCapabilities", "\"requireAdapterCapabilities\":[\"c\",\"c\"]");
    refused(tests, "requireAdapterCapabilities", "\"requireAdapterCapabilities\":[" + numbered(32, "\"%d\"") + "]");
    refused(tests, "maxSteps", "\"maxSteps\":6");
    refused(tests, "maxSteps", "\"maxSteps\":0");
    refused(tests, "labels", "\"labels\":[{\"key\":\"b\"}]");
    refused(tests, "labels", "\"labels\":[{\"key\":\"c\"},{\"key\":\"c\"}]");
    refused(tests, "labels", "\"labels\":[" + numbered(32, "{\"key\":\"%02d\"}") + "]");
    refused(tests, "allowedAdapters", "\"allowedAdapters\":[\"z\"]");
    refused(tests, "allowedAdapters", "\"allowedAdapters\":[\"x\",\"x\"]");
    refused(tests, "allowSelfApproval", "\"allowSelfApproval\":true");
    refused(tests, "humansOnly", "\"humansOnly\":false");
    refused(tests, "groups", "\"groups\":[{\"group\":\"g\",\"minApprovals\":1}]");
    refused(tests, "groups", "\"groups\":[{\"group\":\"i\",\"minApprovals\":1},{\"group\":\"i\",\"minApprovals\":1}]");
    refused(tests, "groups", "\"groups\":[" + numbered(15, "{\"group\":\"%d\",\"minApprovals\":1}") + "]");
    tests.run("adapters cannot be listed where the template lists none", () -> {
      String template = TEMPLATE.replace("[\"x\",\"y\"]", "[]");
      check(Tightening.disagreement(policy(template), object("\"allowedAdapters\":[\"x\"]"), policy(TEMPLATE)).contains("allowedAdapters"));
    });
    tests.run("limits that the template has not can be set, and not set", () -> {
      String template = TEMPLATE.replace("\"maxSteps\":5", "\"maxSteps\":0");
      same(null, Tightening.disagreement(policy(template), object("\"maxSteps\":7"), policy(TEMPLATE.replace("\"maxSteps\":5", "\"maxSteps\":7"))));
      same(null, Tightening.disagreement(policy(template), object("\"maxSteps\":0"), policy(template)));
    });
  }

  private static void becomes(Runner tests, String given, String overrides, String expected) {
    String template = given.isEmpty() ? TEMPLATE : given;
    tests.run("becomes: " + overrides, () -> {
      same(null, Tightening.disagreement(policy(template), given.isEmpty() ? null : object(overrides), policy(expected)));
      check(Tightening.disagreement(policy(template), object(overrides), policy(expected + ",\"requireComment\":"
          + !expected.contains("requireComment"))) != null);
    });
  }

  private static void refused(Runner tests, String field, String overrides) {
    tests.run("refused: " + overrides, () -> {
      String said = Tightening.disagreement(policy(TEMPLATE), object(overrides), policy(TEMPLATE));
      same("the override of " + field + " does not tighten the template", said);
    });
  }

  private static String numbered(int count, String format) {
    return IntStream.range(0, count).mapToObj(i -> String.format(format, i)).collect(Collectors.joining(","));
  }

  private static Policy policy(String fields) {
    return Policy.of(object(fields));
  }

  @SuppressWarnings("unchecked") // The reader makes no other maps.
  private static Map<String, Object> object(String fields) {
    return (Map<String, Object>) Checkout.parsed(("{" + fields + "}").getBytes(StandardCharsets.UTF_8));
  }
}
