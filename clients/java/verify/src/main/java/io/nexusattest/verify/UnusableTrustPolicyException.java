package io.nexusattest.verify;

/** A trust policy cannot be used: it is not as docs/signatures.md says, or holds a rule that this verifier does not know. */
public final class UnusableTrustPolicyException extends Exception {
  private static final long serialVersionUID = 1;

  UnusableTrustPolicyException(String message) {
    super(message);
  }
}
