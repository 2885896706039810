package io.nexusattest.verify;

import static io.nexusattest.verify.FieldType.Plain.BYTES;
import static io.nexusattest.verify.FieldType.Plain.TEXT;
import static io.nexusattest.verify.FieldType.Plain.TIME;
import static io.nexusattest.verify.MessageType.Mark.OPTIONAL;
import static io.nexusattest.verify.MessageType.Mark.REQUIRED;

import io.nexusattest.verify.FieldType.ListOf;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads trust policies, and refuses what is not understood in full: to write a rule must not mean to have none. */
final class TrustPolicyReader {
  private static final String VERSION = "nexus.attest/trust-policy/v1";
  private static final int MOST_KEYS = 1_000;
  private static final int MOST_ADAPTERS = 1_000;
  private static final int LONGEST_NAME = 256;

  private static final int MOST_GUARDRAILS = 32;
  private static final String REVIEWED = "ACCEPTED_BREAK_GLASS_REVIEWED";
  private static final FieldType ACCEPTED_BREAK_GLASS = new FieldType.Name(List.of(REVIEWED, "ACCEPTED_BREAK_GLASS_ALL"));

  private static final MessageType SERVER_KEY =
      new MessageType("TrustedServerKey").with("name", TEXT, OPTIONAL).with("publicKey", BYTES, REQUIRED).with("notBefore", TIME).with("notAfter", TIME);
  private static final MessageType APPROVER_KEY =
      new MessageType("TrustedApproverKey")
          .with("approver", Schema.ACTOR, REQUIRED)
          .with("publicKey", BYTES, REQUIRED)
          .with("notBefore", TIME)
          .with("revokedAt", TIME);
  private static final MessageType ROUTER_KEY =
      new MessageType("TrustedRouterKey")
          .with("name", TEXT, OPTIONAL)
          .with("publicKey", BYTES, REQUIRED)
          .with("adapterIds", Schema.TEXTS, REQUIRED)
          .with("notBefore", TIME)
          .with("notAfter", TIME);
  private static final MessageType TRUST_POLICY =
      new MessageType("TrustPolicy")
          .with("policyVersion", TEXT, REQUIRED)
          .with("serverKeys", new ListOf(SERVER_KEY), OPTIONAL)
          .with("approverKeys", new ListOf(APPROVER_KEY), OPTIONAL)
          .with("routerKeys", new ListOf(ROUTER_KEY), OPTIONAL)
          .with("requiredChecks", Schema.TEXTS, OPTIONAL)
          .with("requiredGuardrails", Schema.TEXTS, OPTIONAL)
          .with("acceptedBreakGlass", ACCEPTED_BREAK_GLASS)
          .with("notBefore", TIME)
          .with("notAfter", TIME);

  private TrustPolicyReader() {}

  static TrustPolicy read(byte[] file) throws UnusableTrustPolicyException {
    Map<String, Object> given = shaped(file);
    require(Fields.text(given, "policyVersion").equals(VERSION), "policyVersion is not " + VERSION);

    List<TrustPolicy.NamedKey> servers = new ArrayList<>();
    for (Map<String, Object> each : keys(given, "serverKeys")) servers.add(named(each));

    List<TrustPolicy.ApproverKey> approvers = new ArrayList<>();
    for (Map<String, Object> each : keys(given, "approverKeys")) {
      approvers.add(new TrustPolicy.ApproverKey(key(each), Actor.of(Fields.message(each, "approver")), period(each, "revokedAt")));
    }

    List<TrustPolicy.RouterKey> routers = new ArrayList<>();
    for (Map<String, Object> each : keys(given, "routerKeys")) {
      List<String> adapters = Fields.texts(each, "adapterIds");
      require(adapters.size() <= MOST_ADAPTERS, "adapterIds holds more than " + MOST_ADAPTERS);
      requireDistinct("adapterIds", adapters);
      require(!adapters.contains(""), "adapterIds has an adapter without an id");
      routers.add(new TrustPolicy.RouterKey(named(each), adapters));
    }

    List<String> required = Fields.texts(given, "requiredChecks");
    requireDistinct("requiredChecks", required);
    for (String check : required) require(Checklist.canBeRequired(check), "requiredChecks names " + check + ", which is no check that this verifier has");

    List<String> guardrails = Fields.texts(given, "requiredGuardrails");
    require(guardrails.size() <= MOST_GUARDRAILS, "requiredGuardrails holds more than " + MOST_GUARDRAILS);
    requireDistinct("requiredGuardrails", guardrails);
    for (String guardrail : guardrails) require(Digests.isOne(guardrail), "requiredGuardrails holds " + guardrail + ", which is no digest");
    return new TrustPolicy(servers, approvers, routers, required, guardrails, acceptedBreakGlass(given), period(given, "notAfter"));
  }

  @SuppressWarnings("unchecked") // The shape of a message says that it is a map, and the reader makes no other maps.
  private static Map<String, Object> shaped(byte[] file) throws UnusableTrustPolicyException {
    require(file.length <= TrustPolicy.MAX_BYTES, "it is larger than " + TrustPolicy.MAX_BYTES + " bytes");
    JsonReader reader = new JsonReader(file);
    Object value;
    try {
      value = reader.read();
    } catch (NotJsonException notJson) {
      throw new UnusableTrustPolicyException("it is " + notJson.getMessage());
    }
    require(value instanceof Map<?, ?>, "it is no JSON object");
    require(reader.repeatedName() == null, reader.repeatedName() + " stands twice in one object");
    require(CanonicalJson.isWritable(value), "half of a surrogate pair stands in it");
    Shape shape = Shape.of(TRUST_POLICY, value);
    require(shape.unknownField() == null, shape.unknownField() + " is a field that this verifier does not know");
    require(shape.wrongType() == null, shape.wrongType() + " has another JSON type than its own");
    require(shape.brokenRule() == null, shape.brokenRule() + " is not written as it has to be");
    require(shape.unreadable() == null, shape.unreadable());
    return (Map<String, Object>) value;
  }

  private static TrustPolicy.AcceptedBreakGlass acceptedBreakGlass(Map<String, Object> given) {
    if (!given.containsKey("acceptedBreakGlass")) return TrustPolicy.AcceptedBreakGlass.NONE;
    boolean isReviewed = Fields.text(given, "acceptedBreakGlass").equals(REVIEWED);
    return isReviewed ? TrustPolicy.AcceptedBreakGlass.REVIEWED : TrustPolicy.AcceptedBreakGlass.ALL;
  }

  private static List<Map<String, Object>> keys(Map<String, Object> given, String field) throws UnusableTrustPolicyException {
    List<Map<String, Object>> keys = Fields.messages(given, field);
    require(keys.size() <= MOST_KEYS, field + " holds more than " + MOST_KEYS);
    requireDistinct(field, keys.stream().map(each -> Fields.text(each, "publicKey")).toList());
    return keys;
  }

  private static TrustPolicy.NamedKey named(Map<String, Object> given) throws UnusableTrustPolicyException {
    String name = Fields.text(given, "name");
    require(name.codePointCount(0, name.length()) <= LONGEST_NAME, "the name of a key is longer than " + LONGEST_NAME + " characters");
    return new TrustPolicy.NamedKey(key(given), name, period(given, "notAfter"));
  }

  private static TrustedKey key(Map<String, Object> given) throws UnusableTrustPolicyException {
    String written = Fields.text(given, "publicKey");
    TrustedKey key = TrustedKey.of(Base64Text.read(written));
    require(key != null, "the publicKey " + written + " is no Ed25519 key that is safe to believe");
    return key;
  }

  private static Period period(Map<String, Object> given, String end) throws UnusableTrustPolicyException {
    Period period = new Period(Fields.time(given, "notBefore"), Fields.time(given, end));
    require(period.isPossible(), end + " is not after notBefore");
    return period;
  }

  private static void requireDistinct(String field, List<String> texts) throws UnusableTrustPolicyException {
    Set<String> seen = new HashSet<>();
    for (String text : texts) require(seen.add(text), field + " has " + text + " twice");
  }

  private static void require(boolean holds, String complaint) throws UnusableTrustPolicyException {
    if (!holds) throw new UnusableTrustPolicyException(complaint);
  }
}
