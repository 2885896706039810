package io.nexusattest.client;

import io.nexusattest.v1.ExportImportedBundleRequest;
import io.nexusattest.v1.ExportImportedBundleResponse;
import io.nexusattest.v1.GetImportedDecisionRequest;
import io.nexusattest.v1.GetImportedDecisionResponse;
import io.nexusattest.v1.ImportedDecisionServiceGrpc;
import io.nexusattest.v1.ImportedDecisionServiceGrpc.ImportedDecisionServiceBlockingStub;
import io.nexusattest.v1.ListImportedDecisionEventsRequest;
import io.nexusattest.v1.ListImportedDecisionEventsResponse;
import io.nexusattest.v1.ListImportedDecisionsRequest;
import io.nexusattest.v1.ListImportedDecisionsResponse;
import java.time.Duration;

/** Evidence of decisions of others. Each call is explained in full at the method of the same name of {@link ImportedDecisionServiceBlockingStub}, which makes it. */
public final class Imported {
  private final Calls calls;
  private final ImportedDecisionServiceBlockingStub stub;

  Imported(Calls calls) {
    this.calls = calls;
    stub = ImportedDecisionServiceGrpc.newBlockingStub(calls.connection().channel());
  }

  /** The same calls, with another time for each, all its tries together. */
  public Imported withTimeout(Duration timeout) {
    return new Imported(calls.within(timeout));
  }

  /** Imported decisions. */
  public ListImportedDecisionsResponse listImportedDecisions(ListImportedDecisionsRequest request) {
    return calls.make(stub, ImportedDecisionServiceBlockingStub::listImportedDecisions, request);
  }

  /** One imported decision. */
  public GetImportedDecisionResponse getImportedDecision(GetImportedDecisionRequest request) {
    return calls.make(stub, ImportedDecisionServiceBlockingStub::getImportedDecision, request);
  }

  /** The log of one imported decision, in order. */
  public ListImportedDecisionEventsResponse listImportedDecisionEvents(ListImportedDecisionEventsRequest request) {
    return calls.make(stub, ImportedDecisionServiceBlockingStub::listImportedDecisionEvents, request);
  }

  /** The control bundle of an imported decision. */
  public ExportImportedBundleResponse exportImportedBundle(ExportImportedBundleRequest request) {
    return calls.make(stub, ImportedDecisionServiceBlockingStub::exportImportedBundle, request);
  }
}
