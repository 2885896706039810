package io.nexusattest.verify;

/**
 * Whose signature made a check pass.
 *
 * @param role as what they signed
 * @param name the name that the trust policy gives a server's or a router's key; of an approver, the id
 * @param keyId digest of the key
 */
public record Signer(Role role, String name, String keyId) {
  /** As what somebody signs. */
  public enum Role {
    /** A server signs packages. */
    SERVER,
    /** An approver signs approvals. */
    APPROVER,
    /** A router signs runs. */
    ROUTER
  }
}
