package io.nexusattest.verify;

import static io.nexusattest.verify.Suite.check;
import static io.nexusattest.verify.Suite.same;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Value rules, and where a message deviates from its type. */
final class ShapeTest implements Suite {
  @Override
  public void run(Runner tests) {
    tests.run("times", () -> {
      same(0L, Times.read("1970-01-01T00:00:00Z"));
      same(951_782_399_001L, Times.read("2000-02-28T23:59:59.001Z"));
      same(-62_135_596_800_000L, Times.read("0001-01-01T00:00:00Z"));
      same(253_402_300_799_999L, Times.read("9999-12-31T23:59:59.999Z"));
      for (String text :
          List.of(
              "", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
                  "2026-01-00T00:00:00Z",
              "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.1Z",
                  "2026-01-01T00:00:00.1234Z",
              "2026-01-01T00:00:00z", "2026-01-01t00:00:00Z", "2026-01-01T00:00:00+00:00", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00Z\n",
                  "２026-01-01T00:00:00Z", "2026-01-01T00:00:00,001Z")) {
        same(null, Times.read(text));
      }
    });
    tests.run("base64", () -> {
      check(Arrays.equals(new byte[] {(byte) 0xfb, (byte) 0xff}, Base64Text.read("+/8=")));
      check(Arrays.equals(new byte[] {0}, Base64Text.read("AA==")));
      check(Base64Text.read("").length == 0);
      for (String text : List.of("-_8=", "+/8", "+/9=", "AB==", "AA=", "A===", "====", "AAA=AAAA", "AA==AAAA", "AAAA\n", "AA A", "AAAAA", "é===", "=", "A")) {
        check(Base64Text.read(text) == null, text);
      }
    });
    tests.run("wrong types", () -> {
      for (String text :
          List.of(
              "{\"link\":[]}", "{\"link\":null}", "{\"link\":{\"mode\":1}}", "{\"controlBundle\":{\"events\":{}}}", "{\"controlBundle\":{\"events\":[1]}}",
              "{\"link\":{\"approvalDigests\":[1]}}", "{\"link\":{\"approvalDigests\":[null]}}", "{\"controlBundle\":{\"events\":[{\"seq\":\"1\"}]}}",
              "{\"template\":{\"templateCreated\":{\"policy\":{\"humansOnly\":\"true\"}}}}", "{\"signature\":{\"signatures\":[[]]}}",
                  "{\"packageVersion\":true}")) {
        check(of(text).wrongType() != null, text);
      }
      check(of("{\"x\":null,\"link\":{\"y\":[null],\"decision_id\":1}}").wrongType() == null);
      same("controlBundle.events[1].actor.id", of("{\"controlBundle\":{\"events\":[{},{\"actor\":{\"id\":false}}]}}").wrongType());
    });
    tests.run("broken rules", () -> {
      for (String text :
          List.of(
              "{\"packageVersion\":\"\"}", "{\"link\":{\"mode\":\"MODE_UNSPECIFIED\"}}", "{\"link\":{\"approvalDigests\":[]}}",
                  "{\"router\":{\"runBundle\":\"\"}}",
              "{\"router\":{\"runBundle\":\"AB==\"}}", policy("\"maxSteps\":0"), policy("\"maxSteps\":1.5"), policy("\"maxSteps\":-1"),
                  policy("\"maxSteps\":4294967296"),
              policy("\"humansOnly\":false"), policy("\"allowedModes\":[\"\"]"), overrides("\"maxSteps\":-1"), overrides("\"allowedModes\":[]"))) {
        check(of(text).wrongType() == null && of(text).brokenRule() != null, text);
      }
      for (String text :
          List.of("{\"link\":{\"approvalDigests\":[\"\"]}}", "{\"link\":{}}", policy("\"maxSteps\":4294967295"),
              overrides("\"maxSteps\":0,\"humansOnly\":false"), "{\"x\":\"\"}")) {
        check(of(text).brokenRule() == null, text);
      }
    });
    tests.run("unknown fields", () -> {
      same("link.decision_id", of("{\"link\":{\"decision_id\":\"\"}}").unknownField());
      same("X", of("{\"X\":{\"link\":1}}").unknownField());
      same(null, of("{\"link\":{\"mode\":\"MODE_APPLY\"}}").unknownField());
    });
    tests.run("what cannot be read", () -> {
      same("signature.x", of("{\"signature\":{\"x\":1}}").unknownField());
      for (String keys : List.of("[{\"key\":\"b\"},{\"key\":\"a\"}]", "[{\"key\":\"\ue000\"},{\"key\":\"\ud800\udc00\"}]", "[{\"key\":\"a\"},{}]")) {
        same("labels is not in order of key", Shape.of(Schema.POLICY, Checkout.parsed(bytes("{\"labels\":" + keys + "}"))).unreadable());
      }
      String inOrder = "{\"labels\":[{\"key\":\"\ud800\udc00\"},{\"key\":\"\ue000\"},{\"key\":\"\ue000\"}]}";
      same(null, Shape.of(Schema.POLICY, Checkout.parsed(bytes(inOrder))).unreadable());
      same("actor is not there", Shape.of(Schema.EVENT, Checkout.parsed(bytes("{\"eventId\":\"a\",\"occurredAt\":\"\"}"))).unreadable());
    });
  }

  private static Shape of(String text) {
    return Shape.of(Schema.PACKAGE, Checkout.parsed(bytes(text)));
  }

  private static String policy(String fields) {
    return "{\"template\":{\"templateCreated\":{\"policy\":{" + fields + "}}}}";
  }

  private static String overrides(String fields) {
    return "{\"controlBundle\":{\"events\":[{\"policyAttached\":{\"template\":{\"overrides\":{" + fields + "}}}}]}}";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
