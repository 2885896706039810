package io.nexusattest.client;

import io.nexusattest.v1.AuditServiceGrpc.AuditServiceBlockingStub;
import io.nexusattest.v1.AuditServiceGrpc;
import io.nexusattest.v1.ExportAuditPackageRequest;
import io.nexusattest.v1.ExportAuditPackageResponse;
import io.nexusattest.v1.ExportBundleRequest;
import io.nexusattest.v1.ExportBundleResponse;
import io.nexusattest.v1.ImportBundleRequest;
import io.nexusattest.v1.ImportBundleResponse;
import io.nexusattest.v1.ListServerKeysRequest;
import io.nexusattest.v1.ListServerKeysResponse;
import io.nexusattest.v1.VerifyAuditPackageRequest;
import io.nexusattest.v1.VerifyAuditPackageResponse;
import io.nexusattest.v1.VerifyBundleRequest;
import io.nexusattest.v1.VerifyBundleResponse;
import java.time.Duration;

/** Evidence: packages, and the keys that they are signed by. Each call is explained in full at the method of the same name of {@link AuditServiceBlockingStub}, which makes it. */
public final class Audit {
  private final Calls calls;
  private final AuditServiceBlockingStub stub;

  Audit(Calls calls) {
    this.calls = calls;
    stub = AuditServiceGrpc.newBlockingStub(calls.connection().channel());
  }

  /** The same calls, with another time for each, all its tries together. */
  public Audit withTimeout(Duration timeout) {
    return new Audit(calls.within(timeout));
  }

  /** The audit package of a decision that was run. */
  public ExportAuditPackageResponse exportAuditPackage(ExportAuditPackageRequest request) {
    return calls.make(stub, AuditServiceBlockingStub::exportAuditPackage, request);
  }

  /** Checks a package. A bad package is a report, not an error. */
  public VerifyAuditPackageResponse verifyAuditPackage(VerifyAuditPackageRequest request) {
    return calls.make(stub, AuditServiceBlockingStub::verifyAuditPackage, request);
  }

  /** The control bundle of any decision in any state. */
  public ExportBundleResponse exportBundle(ExportBundleRequest request) {
    return calls.make(stub, AuditServiceBlockingStub::exportBundle, request);
  }

  /** Checks a control bundle, and takes nothing in. */
  public VerifyBundleResponse verifyBundle(VerifyBundleRequest request) {
    return calls.make(stub, AuditServiceBlockingStub::verifyBundle, request);
  }

  /** Takes a control bundle in as foreign evidence. */
  public ImportBundleResponse importBundle(ImportBundleRequest request) {
    return calls.make(stub, AuditServiceBlockingStub::importBundle, request);
  }

  /** The public keys of the server that answers. Never put them into a trust policy unchecked. */
  public ListServerKeysResponse listServerKeys(ListServerKeysRequest request) {
    return calls.make(stub, AuditServiceBlockingStub::listServerKeys, request);
  }
}
