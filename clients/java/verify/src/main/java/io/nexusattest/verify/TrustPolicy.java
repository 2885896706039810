package io.nexusattest.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Whom a verification believes, and what it insists on. */
public final class TrustPolicy {
  /** What a file of one may have. */
  public static final int MAX_BYTES = 1_048_576;

  /** Believes nobody, and insists on nothing. */
  public static final TrustPolicy NOBODY = new TrustPolicy(List.of(), List.of(), List.of(), List.of(), List.of(), AcceptedBreakGlass.NOT_SAID,
      new Period(null, null));

  /** Which executions by break-glass are accepted. */
  enum AcceptedBreakGlass {
    NOT_SAID,
    NONE,
    REVIEWED,
    ALL
  }

  /** A server's or a router's key. */
  record NamedKey(TrustedKey key, String name, Period believed) {}

  record ApproverKey(TrustedKey key, Actor approver, Period believed) {}

  record RouterKey(NamedKey named, List<String> adapterIds) {
    boolean speaksFor(String adapter) {
      return adapterIds.contains(adapter);
    }
  }

  private final List<NamedKey> serverKeys;
  private final Map<Actor, List<ApproverKey>> approverKeys;
  private final List<RouterKey> routerKeys;
  private final List<String> requiredChecks;
  private final List<String> requiredGuardrails;
  private final AcceptedBreakGlass acceptedBreakGlass;
  private final Period period;

  TrustPolicy(
      List<NamedKey> serverKeys,
      List<ApproverKey> approverKeys,
      List<RouterKey> routerKeys,
      List<String> requiredChecks,
      List<String> requiredGuardrails,
      AcceptedBreakGlass acceptedBreakGlass,
      Period period) {
    this.serverKeys = serverKeys;
    this.approverKeys = approverKeys.stream().collect(Collectors.groupingBy(ApproverKey::approver));
    this.routerKeys = routerKeys;
    this.requiredChecks = requiredChecks;
    this.requiredGuardrails = requiredGuardrails;
    this.acceptedBreakGlass = acceptedBreakGlass;
    this.period = period;
  }

  /**
   * Reads a trust policy.
   *
   * @param file its JSON
   * @return the policy, every rule of which is understood
   * @throws UnusableTrustPolicyException if it is not one that can be used
   */
  public static TrustPolicy read(byte[] file) throws UnusableTrustPolicyException {
    return TrustPolicyReader.read(file);
  }

  List<NamedKey> serverKeys() {
    return serverKeys;
  }

  /** Those of all approvers. */
  Map<Actor, List<ApproverKey>> approverKeys() {
    return approverKeys;
  }

  List<RouterKey> routerKeys() {
    return routerKeys;
  }

  List<String> requiredChecks() {
    return requiredChecks;
  }

  /** Digests of the guardrails that have to have been in force at the gate. */
  List<String> requiredGuardrails() {
    return requiredGuardrails;
  }

  AcceptedBreakGlass acceptedBreakGlass() {
    return acceptedBreakGlass;
  }

  /** Of what time a log may be. */
  Period period() {
    return period;
  }

  /** An approver's keys, those of an id first. */
  List<ApproverKey> keysOf(Actor approver, String hintedId) {
    List<ApproverKey> theirs = new ArrayList<>(approverKeys.getOrDefault(approver, List.of()));
    theirs.sort((one, other) -> hintedFirst(hintedId, one.key(), other.key()));
    return theirs;
  }

  /** The routers' keys that may speak for an adapter, in order of the trust policy. */
  List<RouterKey> keysFor(String adapter) {
    return routerKeys.stream().filter(each -> each.speaksFor(adapter)).toList();
  }

  private static int hintedFirst(String hintedId, TrustedKey one, TrustedKey other) {
    return Boolean.compare(other.id().equals(hintedId), one.id().equals(hintedId));
  }
}
