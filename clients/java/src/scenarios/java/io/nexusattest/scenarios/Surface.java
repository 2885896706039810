package io.nexusattest.scenarios;

import static io.nexusattest.scenarios.Checks.check;

import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.nexusattest.client.ApproverKeys;
import io.nexusattest.client.Audit;
import io.nexusattest.client.Decisions;
import io.nexusattest.client.Imported;
import io.nexusattest.client.Templates;
import io.nexusattest.v1.ApproverKeyServiceGrpc;
import io.nexusattest.v1.AuditServiceGrpc;
import io.nexusattest.v1.DecisionServiceGrpc;
import io.nexusattest.v1.ImportedDecisionServiceGrpc;
import io.nexusattest.v1.TemplateServiceGrpc;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;

/** The calls that the client offers, held equal to the schema: whoever adds one there is told to add it here. */
final class Surface {
  private static final Map<Class<?>, ServiceDescriptor> SERVICES =
      Map.of(
          Decisions.class, DecisionServiceGrpc.getServiceDescriptor(),
          Templates.class, TemplateServiceGrpc.getServiceDescriptor(),
          ApproverKeys.class, ApproverKeyServiceGrpc.getServiceDescriptor(),
          Audit.class, AuditServiceGrpc.getServiceDescriptor(),
          Imported.class, ImportedDecisionServiceGrpc.getServiceDescriptor());

  private Surface() {}

  static void checkIsWhole() {
    SERVICES.forEach(
        (type, service) -> {
          for (MethodDescriptor<?, ?> call : service.getMethods()) {
            if (call.getType() != MethodDescriptor.MethodType.UNARY) continue;
            String name = Character.toLowerCase(call.getBareMethodName().charAt(0)) + call.getBareMethodName().substring(1);
            check(Arrays.stream(type.getMethods()).map(Method::getName).anyMatch(name::equals), type.getSimpleName(), "without", name);
          }
        });
  }
}
