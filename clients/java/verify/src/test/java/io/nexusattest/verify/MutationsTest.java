package io.nexusattest.verify;

import static io.nexusattest.verify.Suite.check;
import static io.nexusattest.verify.Suite.same;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** An authentic package, changed by chance: there is a report of it, and it is authentic no more. */
final class MutationsTest implements Suite {
  private static final List<String> PIECES =
      List.of("{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "null", "true", "-0", "1e400", "1.0", "\ufeff", " ", "\n", "é", "\u0000",
          "{\"a\":", "sha256:", "Z", "=");
  private static final List<String> VALUES =
      List.of(
          "null", "true", "false", "0", "-0", "1", "1.5", "1e300", "-1", "4294967296", "\"\"", "\"x\"", "\"\\u0000\"", "\"MODE_APPLY\"",
              "\"2026-01-01T00:00:00Z\"", "\"AA==\"", "[]",
          "{}", "[[]]", "[null]", "{\"a\":{}}", "[{},{}]");

  private final Checkout checkout;

  MutationsTest(Checkout checkout) {
    this.checkout = checkout;
  }

  @Override
  public void run(Runner tests) throws Exception {
    for (String name : List.of("embedded", "reference")) {
      // Who requires the run bundle has no use for a package by reference.
      String believing = name.equals("embedded") ? "everybody" : "server";
      TrustPolicy trust = TrustPolicy.read(checkout.bytes("testdata/audit-packages/trust/" + believing + ".json"));
      byte[] genuine = checkout.bytes("testdata/audit-packages/good/" + name + ".json");
      tests.run(name + " is authentic, and so is what the sealer makes of it", () -> {
        same(Verdict.AUTHENTIC, Verifier.verify(genuine, trust).verdict());
        Map<String, Object> sealed = object(genuine);
        new Sealer(sealed).seal();
        check(Arrays.equals(genuine, Checkout.canonical(sealed)));
      });
      tests.run(name + ", 10,000 times some bytes changed", () -> {
        Random random = new Random(name.hashCode());
        for (int i = 0; i < 10_000; i++) notAuthentic(genuine, bytesChanged(random, genuine), trust);
      });
      tests.run(name + ", cut short everywhere", () -> {
        for (int i = 0; i < genuine.length; i += 1 + i / 1_000) notAuthentic(genuine, Arrays.copyOf(genuine, i), trust);
      });
      tests.run(name + ", 5,000 times something changed in it, and half of these sealed", () -> {
        Random random = new Random(name.hashCode());
        for (int i = 0; i < 5_000; i++) {
          Map<String, Object> changed = object(genuine);
          Sealer sealer = new Sealer(changed);
          for (int changes = 1 + random.nextInt(3); changes > 0; changes--) change(random, changed);
          if (i % 2 == 0) sealer.seal();
          notAuthentic(genuine, Checkout.canonical(changed), trust);
        }
      });
      tests.run(name + ", a field of another message in every message, of a type that it has not there, sealed", () -> {
        for (String value : List.of("null", "1", "[{}]")) {
          Map<String, Object> changed = object(genuine);
          int messages = messages(changed, new ArrayList<>()).size();
          for (int message = 0; message < messages; message++) {
            for (String field : List.of("code", "plan", "signature", "settlement", "routerSignature", "comment", "expiresAt", "policy", "template", "groups",
                "seq", "labels")) {
              Map<String, Object> one = object(genuine);
              Sealer sealer = new Sealer(one);
              Map<String, Object> changing = messages(one, new ArrayList<>()).get(message);
              if (changing.containsKey(field)) continue;
              changing.put(field, Checkout.parsed(value.getBytes(StandardCharsets.UTF_8)));
              sealer.seal();
              notAuthentic(genuine, Checkout.canonical(one), trust);
            }
          }
        }
      });
    }
  }

  private static void notAuthentic(byte[] genuine, byte[] changed, TrustPolicy trust) {
    if (Arrays.equals(genuine, changed)) return;
    Report report;
    try {
      report = Verifier.verify(changed, trust);
    } catch (Throwable thrown) {
      throw new AssertionError(new String(changed, StandardCharsets.UTF_8), thrown);
    }
    if (report.verdict() == Verdict.AUTHENTIC) throw new AssertionError(new String(changed, StandardCharsets.UTF_8));
    same(Checklist.QUESTIONS.size(), report.checks().size());
  }

  private static byte[] bytesChanged(Random random, byte[] genuine) {
    int at = random.nextInt(genuine.length);
    int end = Math.min(genuine.length, at + random.nextInt(4));
    return switch (random.nextInt(6)) {
      case 0 -> {
        byte[] flipped = genuine.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        yield flipped;
      }
      case 1 -> spliced(genuine, at, end, new byte[0]);
      case 2 -> spliced(genuine, at, at, Arrays.copyOfRange(genuine, at, Math.min(genuine.length, at + random.nextInt(200))));
      case 3 -> spliced(genuine, at, end, new byte[] {(byte) random.nextInt(256)});
      case 4 -> spliced(genuine, at, Math.min(genuine.length, at + random.nextInt(2_000)), new byte[0]);
      default -> spliced(genuine, at, end, PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.UTF_8));
    };
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] with) {
    return Secret.joined(Secret.joined(Arrays.copyOf(bytes, from), with), Arrays.copyOfRange(bytes, to, bytes.length));
  }

  /** Puts something else in the place of a value, takes it away, doubles it or gives it another name. */
  private static void change(Random random, Map<String, Object> file) {
    List<Map<String, Object>> messages = messages(file, new ArrayList<>());
    Map<String, Object> message = messages.get(random.nextInt(messages.size()));
    if (message.isEmpty()) return;
    List<String> names = List.copyOf(message.keySet());
    String name = names.get(random.nextInt(names.size()));
    Object value = Checkout.parsed(VALUES.get(random.nextInt(VALUES.size())).getBytes(StandardCharsets.UTF_8));
    if (message.get(name) instanceof List<?> list && !list.isEmpty() && random.nextInt(4) > 0) {
      List<Object> elements = Fields.list(message, name);
      int at = random.nextInt(elements.size());
      switch (random.nextInt(4)) {
        case 0 -> elements.remove(at);
        case 1 -> elements.add(at, value);
        case 2 -> elements.add(elements.get(at));
        default -> elements.set(at, elements.get(random.nextInt(elements.size())));
      }
      return;
    }
    switch (random.nextInt(4)) {
      case 0 -> message.remove(name);
      case 1 -> message.put(name, value);
      case 2 -> message.put(name + random.nextInt(2), message.remove(name));
      default -> message.put(name, anyOf(random, messages).getOrDefault(name, value));
    }
  }

  private static Map<String, Object> anyOf(Random random, List<Map<String, Object>> messages) {
    return messages.get(random.nextInt(messages.size()));
  }

  @SuppressWarnings("unchecked") // The reader makes no other maps.
  private static List<Map<String, Object>> messages(Object value, List<Map<String, Object>> found) {
    if (value instanceof Map<?, ?> members) {
      found.add((Map<String, Object>) members);
      List.copyOf(members.values()).forEach(each -> messages(each, found));
    } else if (value instanceof List<?> elements) {
      elements.forEach(each -> messages(each, found));
    }
    return found;
  }

  @SuppressWarnings("unchecked") // The reader makes no other maps.
  private static Map<String, Object> object(byte[] text) {
    return new TreeMap<>((Map<String, Object>) Checkout.parsed(text));
  }
}
