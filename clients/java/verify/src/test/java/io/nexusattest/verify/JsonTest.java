package io.nexusattest.verify;

import static io.nexusattest.verify.Suite.check;
import static io.nexusattest.verify.Suite.same;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What is JSON, what it means, and its canonical form. */
final class JsonTest implements Suite {
  private static final List<String> NO_JSON =
      List.of(
          "", " ", "\ufeff{}", "{", "}", "[1,]", "[,1]", "[1 2]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "{'a':1}", "{\"a\":1}x", "{} {}", "nul", "NaN",
              "Infinity", "-Infinity",
          "True", "// x\n1", "/**/1", "01", "-01", "+1", "1.", ".5", "-", "1e", "1e+", "0x1", "1_000", "1d", "1f", "-.5", "\"", "\"\\\"", "\"\n\"",
              "\"\u0000\"", "\"\u001f\"",
          "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\u１２３４\"", "\"\\U0041\"", "١", "\u00a01", "\u000b1", "[\"a\":1]", "{1:2}", "{null:1}", "nullx",
              "truefalse");

  @Override
  public void run(Runner tests) {
    for (String text : NO_JSON) tests.run("no JSON: " + text, () -> check(!isJson(bytes(text))));
    for (String text : List.of(" {} ", "\t[\r\n]", "\"\u007f\u0080\ufeff\"", "1E5", "-0", "1e400", "\"\\/\"", "\"\\ud800\"")) {
      tests.run("JSON: " + text, () -> check(isJson(bytes(text))));
    }
    tests.run("not UTF-8", JsonTest::notUtf8);
    tests.run("of a name that stands twice the last counts", () -> {
      JsonReader reader = new JsonReader(bytes("{\"a\":null,\"b\":1,\"\\u0061\":\"x\"}"));
      check(reader.read() instanceof Map<?, ?> members && members.get("a").equals("x") && members.size() == 2);
      same("a", reader.repeatedName());
    });
    tests.run("64 deep is read, 65 is not", () -> {
      check(isJson(bytes("[".repeat(64) + "]".repeat(64))));
      check(!isJson(bytes("[".repeat(65) + "]".repeat(65))));
      check(!isJson(bytes("{\"a\":".repeat(65) + "1" + "}".repeat(65))));
      check(isJson(bytes("[" + "[[]],".repeat(1_000) + "1]")));
    });
    tests.run("2,000,000 objects, lists and commas are read, one more is not", () -> {
      check(isJson(bytes("[0" + ",0".repeat(1_999_999) + "]")));
      check(!isJson(bytes("[0" + ",0".repeat(2_000_000) + "]")));
      check(!isJson(bytes("[{}" + ",{}".repeat(1_000_000) + "]")));
      check(isJson(bytes("[\"" + ",[{".repeat(1_000_000) + "\\\"" + ",".repeat(9) + "\"]")));
    });
    tests.run("the canonical form", () -> {
      same("{\"\":[],\"\u20ac\":{},\"\ud83d\ude00\":true,\"\ufb33\":null}",
          canonical("{ \"\ufb33\":null, \"\ud83d\ude00\" : true,\"\u20ac\":{ } ,\"\":[ ]}"));
      same("\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\u007f\u2028\"",
          canonical("\"\\u0000\\u0008\\u0009\\u000A\\u000B\\u000C\\u000D\\u001F\\u0022\\u005C\\/\u007f\\u2028\""));
      same("\"aé中😀\"", canonical("\"\\u0061\\u00e9\\u4e2d\\ud83d\\ude00\""));
    });
    tests.run("what has no canonical form", () -> {
      for (String text : List.of("\"\\ud800\"", "\"\\udc00\\ud800\"", "[\"\\ud800x\"]", "{\"\\udfff\":1}", "1e400", "{\"a\":[-1e400]}",
          "\"\\ud83d\\ud83d\\ude00\"")) {
        check(!CanonicalJson.isWritable(Checkout.parsed(bytes(text))), text);
      }
      check(CanonicalJson.isWritable(Checkout.parsed(bytes("{\"a\":\"\\ud800\",\"b\":1e400,\"a\":\"\\ud83d\\ude00\",\"b\":1e308}"))));
    });
    tests.run("the first byte that is not as in the canonical form", () -> {
      Object value = Checkout.parsed(bytes("{\"a\":\"" + "é".repeat(9_000) + "\"}"));
      byte[] form = Checkout.canonical(value);
      same(-1, CanonicalJson.firstDifference(value, form));
      for (int at : new int[] {0, 8_191, 8_192, form.length - 1}) {
        byte[] changed = form.clone();
        changed[at] ^= 1;
        same(at, CanonicalJson.firstDifference(value, changed));
        same(at, CanonicalJson.firstDifference(value, Arrays.copyOf(form, at)));
      }
      same(form.length, CanonicalJson.firstDifference(value, Arrays.copyOf(form, form.length + 1)));
    });
  }

  private static void notUtf8() {
    // An overlong slash, a surrogate, above U+10FFFF, cut short, a stray continuation, Latin-1; in a string, and in no string.
    int[][] sequences = {{0xc0, 0xaf}, {0xed, 0xa0, 0x80}, {0xf4, 0x90, 0x80, 0x80}, {0xe2, 0x82}, {0x80}, {0xe9}, {0xff}, {0xf8, 0x88, 0x80, 0x80, 0x80}};
    for (int[] sequence : sequences) {
      for (int before : new int[] {0, 8_190, 8_191, 8_192}) {
        byte[] text = bytes("\"" + "x".repeat(before + sequence.length) + "\"");
        for (int i = 0; i < sequence.length; i++) text[1 + before + i] = (byte) sequence[i];
        check(!isJson(text), sequence[0], before);
      }
    }
  }

  private static boolean isJson(byte[] text) {
    try {
      new JsonReader(text).read();
      return true;
    } catch (NotJsonException notJson) {
      return false;
    }
  }

  private static String canonical(String text) {
    return new String(Checkout.canonical(Checkout.parsed(bytes(text))), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
