package io.nexusattest.client;

import io.nexusattest.v1.ApproverKeyServiceGrpc.ApproverKeyServiceBlockingStub;
import io.nexusattest.v1.ApproverKeyServiceGrpc;
import io.nexusattest.v1.EnrollApproverKeyRequest;
import io.nexusattest.v1.EnrollApproverKeyResponse;
import io.nexusattest.v1.GetApproverKeyRequest;
import io.nexusattest.v1.GetApproverKeyResponse;
import io.nexusattest.v1.ListApproverKeysRequest;
import io.nexusattest.v1.ListApproverKeysResponse;
import io.nexusattest.v1.RevokeApproverKeyRequest;
import io.nexusattest.v1.RevokeApproverKeyResponse;
import java.time.Duration;

/** The keys that approvers sign with. Each call is explained in full at the method of the same name of {@link ApproverKeyServiceBlockingStub}, which makes it. */
public final class ApproverKeys {
  private final Calls calls;
  private final ApproverKeyServiceBlockingStub stub;

  ApproverKeys(Calls calls) {
    this.calls = calls;
    stub = ApproverKeyServiceGrpc.newBlockingStub(calls.connection().channel());
  }

  /** The same calls, with another time for each, all its tries together. */
  public ApproverKeys withTimeout(Duration timeout) {
    return new ApproverKeys(calls.within(timeout));
  }

  /** Makes a key an approver's own, for ever. */
  public EnrollApproverKeyResponse enrollApproverKey(EnrollApproverKeyRequest request) {
    return calls.make(stub, ApproverKeyServiceBlockingStub::enrollApproverKey, request);
  }

  /** Ends a key, for ever. */
  public RevokeApproverKeyResponse revokeApproverKey(RevokeApproverKeyRequest request) {
    return calls.make(stub, ApproverKeyServiceBlockingStub::revokeApproverKey, request);
  }

  /** One key by its id. */
  public GetApproverKeyResponse getApproverKey(GetApproverKeyRequest request) {
    return calls.make(stub, ApproverKeyServiceBlockingStub::getApproverKey, request);
  }

  /** The keys in the order in which they were enrolled, revoked ones included. */
  public ListApproverKeysResponse listApproverKeys(ListApproverKeysRequest request) {
    return calls.make(stub, ApproverKeyServiceBlockingStub::listApproverKeys, request);
  }
}
