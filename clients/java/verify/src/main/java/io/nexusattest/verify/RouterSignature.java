package io.nexusattest.verify;

import java.util.List;
import java.util.Map;

/** The check of whether a router says that it made the run. */
final class RouterSignature {
  private static final int MOST_SIGNATURES = 8;

  private RouterSignature() {}

  static Finding check(Run run, TrustPolicy trust) {
    Map<String, Object> given = Fields.message(run.event().body(), "routerSignature");
    if (given == null) return Finding.notChecked("the run is not signed");
    if (!Digests.isOne(run.text("routerDigest"))) return Finding.fail("the run is signed, and its routerDigest is no digest");
    Envelope envelope = Envelope.of(given);
    if (states(run).stream().noneMatch(state -> envelope.states(Statement.ofRun(run, state), MOST_SIGNATURES))) {
      return Finding.fail("the signature does not state this run");
    }
    String adapter = run.gate().text("adapterId");
    List<TrustPolicy.RouterKey> keys = trust.keysFor(adapter);
    if (keys.isEmpty()) {
      return Finding.notChecked("no trust policy names keys of routers that may speak for the adapter");
    }
    byte[] message = envelope.signedBytes();
    for (TrustPolicy.RouterKey each : keys) {
      TrustPolicy.NamedKey trusted = each.named();
      if (!trusted.believed().holds(run.event().occurredAt())) continue;
      if (envelope.signatures().stream().anyMatch(signed -> trusted.key().isGood(message, signed.bytes()))) {
        return Finding.passBy(List.of(new Signer(Signer.Role.ROUTER, trusted.name(), trusted.key().id())));
      }
    }
    return Finding.fail("no signature is good by a router's key that is believed");
  }

  private static List<String> states(Run run) {
    if (run.event().is("executionCompleted")) return List.of("RUN_STATE_SUCCEEDED");
    return run.text("code").equals(Run.TOO_MANY_STEPS) ? List.of("RUN_STATE_SUCCEEDED", "RUN_STATE_FAILED") : List.of("RUN_STATE_FAILED");
  }
}
