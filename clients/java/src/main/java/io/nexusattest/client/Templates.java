package io.nexusattest.client;

import io.nexusattest.v1.CreateTemplateRequest;
import io.nexusattest.v1.CreateTemplateResponse;
import io.nexusattest.v1.GetTemplateRequest;
import io.nexusattest.v1.GetTemplateResponse;
import io.nexusattest.v1.ListTemplatesRequest;
import io.nexusattest.v1.ListTemplatesResponse;
import io.nexusattest.v1.TemplateServiceGrpc.TemplateServiceBlockingStub;
import io.nexusattest.v1.TemplateServiceGrpc;
import java.time.Duration;

/** Policies by name. Each call is explained in full at the method of the same name of {@link TemplateServiceBlockingStub}, which makes it. */
public final class Templates {
  private final Calls calls;
  private final TemplateServiceBlockingStub stub;

  Templates(Calls calls) {
    this.calls = calls;
    stub = TemplateServiceGrpc.newBlockingStub(calls.connection().channel());
  }

  /** The same calls, with another time for each, all its tries together. */
  public Templates withTimeout(Duration timeout) {
    return new Templates(calls.within(timeout));
  }

  /** Makes a template, which is never changed or deleted. */
  public CreateTemplateResponse createTemplate(CreateTemplateRequest request) {
    return calls.make(stub, TemplateServiceBlockingStub::createTemplate, request);
  }

  /** One template by name. */
  public GetTemplateResponse getTemplate(GetTemplateRequest request) {
    return calls.make(stub, TemplateServiceBlockingStub::getTemplate, request);
  }

  /** The templates, by name. */
  public ListTemplatesResponse listTemplates(ListTemplatesRequest request) {
    return calls.make(stub, TemplateServiceBlockingStub::listTemplates, request);
  }
}
