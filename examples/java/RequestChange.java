import io.nexusattest.client.AttestClient;
import io.nexusattest.client.WrongTurnException;
import io.nexusattest.v1.CreateDecisionRequest;
import io.nexusattest.v1.DecisionState;
import io.nexusattest.v1.ExportAuditPackageRequest;
import io.nexusattest.v1.Label;
import io.nexusattest.v1.Mode;
import io.nexusattest.v1.PackageMode;
import io.nexusattest.v1.Plan;
import io.nexusattest.v1.PlanCall;
import io.nexusattest.v1.PlanStep;
import io.nexusattest.v1.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A service that may act only when somebody has approved: RequestChange TICKET
 *
 * <p>Requests a change for a ticket, waits up to an hour until it is approved, has it carried out, and keeps the evidence. May be started again at any time, with the same
 * ticket: it goes on where it was.
 */
public final class RequestChange {
  private static final Duration HOUR = Duration.ofHours(1);

  private RequestChange() {}

  public static void main(String[] arguments) throws IOException {
    try (AttestClient service = Connect.toServer()) {
      String id = service.decisions().createDecision(request(arguments[0])).getDecision().getDecisionId();
      System.out.println(id + " waits for an approval");
      try {
        service.waitUntilExecutable(id, HOUR);
        service.executeAndWait(id, HOUR);
      } catch (WrongTurnException decidedBefore) {
        // Rejected, or executed when this ran before: the state says which.
        System.out.println(id + " goes no further: " + decidedBefore.getMessage());
      }
      DecisionState state = service.waitUntilTerminal(id, HOUR).getState();
      if (state != DecisionState.DECISION_STATE_COMPLETED) {
        System.out.println(id + " " + state);
        System.exit(1);
      }
      ExportAuditPackageRequest export = ExportAuditPackageRequest.newBuilder().setDecisionId(id).setMode(PackageMode.PACKAGE_MODE_EMBEDDED).build();
      Path file = Path.of(id + ".audit.json");
      Files.write(file, service.audit().exportAuditPackage(export).getPackageJson().toByteArray());
      System.out.println(id + " " + state + " " + file);
    }
  }

  private static CreateDecisionRequest request(String ticket) {
    PlanCall call = PlanCall.newBuilder().setTool("files").setMethod("write").setArgumentsJson("""
        {"path": "release/limit.txt", "content": "250\\n"}""").build();
    PlanStep step = PlanStep.newBuilder().setStepId("limit").setIntent("put the new limit in place").setCall(call).build();
    return CreateDecisionRequest.newBuilder()
        // One ticket is one decision, however often this runs.
        .setRequestId("change-" + ticket)
        .setGoal("raise the limit, as " + ticket + " asks")
        .addLabels(Label.newBuilder().setKey("ticket").setValue(ticket))
        .setMode(Mode.MODE_APPLY)
        .setAdapterId(System.getenv().getOrDefault("NEXUS_ATTEST_ADAPTER", "files"))
        .setPlan(Plan.newBuilder().addSteps(step))
        .setPolicy(Policy.newBuilder().setMinApprovals(1).addAllowedModes(Mode.MODE_APPLY))
        .build();
  }
}
