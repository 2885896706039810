package io.nexusattest.verify;

import java.util.List;
import java.util.Map;

/** The check of who made a package. */
final class ServerSignature {
  private ServerSignature() {}

  static Finding check(Log log, TrustPolicy trust) {
    PackageFile file = log.file();
    Map<String, Object> given = Fields.message(file.root(), "signature");
    if (given == null) return Finding.notChecked("the package is not signed");
    Envelope envelope = Envelope.of(given);
    if (!envelope.states(Statement.ofPackage(file), 1)) return Finding.fail("the signature does not state this package");
    if (trust.serverKeys().isEmpty()) return Finding.notChecked("no trust policy names keys of servers");
    Envelope.Signed signed = envelope.signatures().get(0);
    for (TrustPolicy.NamedKey trusted : trust.serverKeys()) {
      if (!trusted.key().id().equals(signed.keyId())) continue;
      if (!trusted.believed().holds(log.last().occurredAt())) return Finding.fail("the trust policy does not believe " + trusted.name() + " at that time");
      if (!trusted.key().isGood(envelope.signedBytes(), signed.bytes())) return Finding.fail("the signature is not one by " + trusted.name());
      return Finding.passBy(List.of(new Signer(Signer.Role.SERVER, trusted.name(), trusted.key().id())));
    }
    return Finding.fail("the trust policy does not name the key " + signed.keyId());
  }
}
