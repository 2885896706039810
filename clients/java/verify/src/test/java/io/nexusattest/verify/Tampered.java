package io.nexusattest.verify;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A package to change, by paths such as {@code controlBundle.events.5.actor.id}. */
final class Tampered {
  private final Map<String, Object> file;
  private final Sealer sealer;

  @SuppressWarnings("unchecked") // The reader makes no other maps.
  Tampered(byte[] genuine) {
    file = new TreeMap<>((Map<String, Object>) Checkout.parsed(genuine));
    sealer = new Sealer(file);
  }

  /** Puts a value, in JSON, in a place. */
  Tampered set(String path, String json) {
    Object place = parent(path);
    Object value = Checkout.parsed(json.getBytes(StandardCharsets.UTF_8));
    if (place instanceof List<?>) {
      list(path.substring(0, path.lastIndexOf('.'))).set(Integer.parseInt(last(path)), value);
    } else {
      object(place).put(last(path), value);
    }
    return this;
  }

  Tampered remove(String path) {
    object(parent(path)).remove(last(path));
    return this;
  }

  /** Puts an event like another one, but with an id of its own, before the place. */
  Tampered insertLike(int event, int place) {
    List<Object> events = list("controlBundle.events");
    Map<String, Object> copy = object(Checkout.parsed(Checkout.canonical(events.get(event))));
    copy.put("eventId", "copied-" + events.size());
    copy.put("occurredAt", object(events.get(Math.max(place - 1, 0))).get("occurredAt"));
    events.add(place, copy);
    return numbered();
  }

  /** Puts an event behind all others, with this body of it, by this actor, at the time of the last one. */
  Tampered append(String actor, String body, String json) {
    List<Object> events = list("controlBundle.events");
    insertLike(events.size() - 1, events.size());
    String place = "controlBundle.events." + (events.size() - 1) + ".";
    for (MessageType each : Schema.BODIES) remove(place + each.name());
    return set(place + "actor", actor).set(place + body, json);
  }

  /** Has the gate rely on an approval, or not. */
  Tampered relyOn(int event, boolean relied) {
    sealer.relyOn(list("controlBundle.events").get(event), relied);
    return this;
  }

  /** The digest of what is in a place, in JSON. */
  String digest(String path) {
    return "\"" + Digests.of(object(parent(path)).get(last(path))) + "\"";
  }

  /** The digest of some JSON, in JSON. */
  String digestOf(String json) {
    return "\"" + Digests.of(Checkout.parsed(json.getBytes(StandardCharsets.UTF_8))) + "\"";
  }

  private Tampered numbered() {
    List<Object> events = list("controlBundle.events");
    for (int seq = 1; seq < events.size(); seq++) object(events.get(seq)).put("seq", new JsonNumber(seq));
    object(events.get(0)).remove("seq");
    return this;
  }

  Tampered sealed() {
    sealer.seal();
    return this;
  }

  byte[] bytes() {
    return Checkout.canonical(file);
  }

  Evidence evidence() {
    return Evidence.of(bytes(), TrustPolicy.NOBODY);
  }

  /** Puts an envelope by these keys where there is a signature. */
  Tampered sign(String path, Map<String, Object> statement, Secret... secrets) {
    byte[] payload = Checkout.canonical(statement);
    byte[] head = ("DSSEv1 28 application/vnd.in-toto+json " + payload.length + " ").getBytes(StandardCharsets.US_ASCII);
    List<Object> signatures = new ArrayList<>();
    for (Secret secret : secrets) {
      String sig = Base64.getEncoder().encodeToString(secret.sign(Secret.joined(head, payload)));
      signatures.add(new GivenFields().put("keyid", TrustedKey.of(secret.publicKey()).id()).put("sig", sig).made());
    }
    String written = Base64.getEncoder().encodeToString(payload);
    Map<String, Object> envelope = new GivenFields().put("payload", written).put("payloadType", "application/vnd.in-toto+json").put("signatures",
        signatures.isEmpty() ? null : signatures).made();
    object(parent(path)).put(last(path), envelope);
    return this;
  }

  /** The names of the checks that end so. */
  static Set<String> ending(Status status, Report report) {
    return report.checks().stream().filter(check -> check.status() == status).map(Check::name).collect(Collectors.toSet());
  }

  private Object parent(String path) {
    Object place = file;
    String[] steps = path.split("\\.");
    for (int i = 0; i < steps.length - 1; i++) {
      place = place instanceof List<?> elements ? elements.get(Integer.parseInt(steps[i])) : object(place).get(steps[i]);
    }
    return place;
  }

  private List<Object> list(String path) {
    return Fields.list(object(parent(path)), last(path));
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  @SuppressWarnings("unchecked") // The reader makes no other maps.
  private static Map<String, Object> object(Object value) {
    return (Map<String, Object>) value;
  }
}
