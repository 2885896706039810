package io.nexusattest.scenarios;

import static io.nexusattest.scenarios.Checks.check;

import io.nexusattest.client.AttestClient;
import io.nexusattest.client.ConnectOptions;
import io.nexusattest.client.Watch;
import io.nexusattest.v1.CreateDecisionRequest;
import io.nexusattest.v1.Decision;
import io.nexusattest.v1.DecisionFilter;
import io.nexusattest.v1.DecisionState;
import io.nexusattest.v1.DecisionSummary;
import io.nexusattest.v1.GetDecisionRequest;
import io.nexusattest.v1.GrantApprovalRequest;
import io.nexusattest.v1.Label;
import io.nexusattest.v1.ListDecisionsRequest;
import io.nexusattest.v1.ListDecisionsResponse;
import io.nexusattest.v1.Mode;
import io.nexusattest.v1.Plan;
import io.nexusattest.v1.PlanCall;
import io.nexusattest.v1.PlanStep;
import io.nexusattest.v1.Policy;
import io.nexusattest.v1.WatchDecisionResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Decisions as the scenarios want them. */
final class Decided {
  static final String ADDRESS = System.getenv("NEXUS_ATTEST_ADDRESS");
  static final String PROXY = System.getenv("NEXUS_ATTEST_PROXY");
  static final Duration LONG = Duration.ofMinutes(2);

  private Decided() {}

  static AttestClient as(String name) {
    return at(ADDRESS, name);
  }

  static AttestClient at(String address, String name) {
    return AttestClient.connect(address, ConnectOptions.developmentActor("human:" + name));
  }

  static Plan plan(String... methods) {
    Plan.Builder plan = Plan.newBuilder();
    for (String method : methods) {
      PlanCall call = PlanCall.newBuilder().setTool("tool").setMethod(method).setArgumentsJson("{}").build();
      plan.addSteps(PlanStep.newBuilder().setStepId("step-" + plan.getStepsCount()).setCall(call));
    }
    return plan.build();
  }

  static Policy policy(int approvals) {
    return Policy.newBuilder().setMinApprovals(approvals).addAllowedModes(Mode.MODE_APPLY).build();
  }

  static CreateDecisionRequest.Builder request() {
    return CreateDecisionRequest.newBuilder()
        .setGoal("raise the limit")
        .setMode(Mode.MODE_APPLY)
        .setAdapterId("tool")
        .setPlan(plan("write"))
        .setPolicy(policy(2));
  }

  static CreateDecisionRequest.Builder labelled(String value) {
    return request().addLabels(label(value));
  }

  static CreateDecisionRequest.Builder oneApproval(String... methods) {
    return request().setPolicy(policy(1)).setPlan(plan(methods));
  }

  static DecisionFilter filter(String value) {
    return DecisionFilter.newBuilder().addLabels(label(value)).build();
  }

  private static Label label(String value) {
    return Label.newBuilder().setKey("scenario").setValue(value).build();
  }

  static String create(AttestClient you, CreateDecisionRequest.Builder request) {
    return you.decisions().createDecision(request.build()).getDecision().getDecisionId();
  }

  static void approve(String id, String... names) {
    for (String name : names) {
      try (AttestClient approver = as(name)) {
        approver.decisions().grantApproval(GrantApprovalRequest.newBuilder().setDecisionId(id).build());
      }
    }
  }

  static Decision found(AttestClient you, String id) {
    return you.decisions().getDecision(GetDecisionRequest.newBuilder().setDecisionId(id).build()).getDecision();
  }

  static List<String> listed(AttestClient you, String value, int pageSize, String token) {
    List<String> ids = new ArrayList<>();
    ListDecisionsRequest.Builder request = ListDecisionsRequest.newBuilder().setFilter(filter(value)).setPageSize(pageSize).setConsistencyToken(token);
    do {
      ListDecisionsResponse page = you.decisions().listDecisions(request.build());
      page.getDecisionsList().stream().map(DecisionSummary::getDecisionId).forEach(ids::add);
      request.setPageToken(page.getNextPageToken());
    } while (!request.getPageToken().isEmpty());
    return ids;
  }

  /** Collects the messages of a watch to its end. */
  static CompletableFuture<List<WatchDecisionResponse>> follow(AttestClient watcher, String id) {
    return follow(watcher, id, message -> {});
  }

  /** Collects the messages of a watch to its end, and shows each as it comes. */
  static CompletableFuture<List<WatchDecisionResponse>> follow(AttestClient watcher, String id, Consumer<WatchDecisionResponse> shown) {
    return CompletableFuture.supplyAsync(
        () -> {
          List<WatchDecisionResponse> messages = new ArrayList<>();
          try (Watch<WatchDecisionResponse> watch = watcher.watch(id)) {
            watch.forEach(message -> {
              messages.add(message);
              shown.accept(message);
            });
          }
          return messages;
        },
        task -> new Thread(task, "follower").start());
  }

  static List<Integer> seqs(List<WatchDecisionResponse> messages) {
    return messages.stream().filter(WatchDecisionResponse::hasEvent).map(each -> each.getEvent().getEvent().getSeq()).toList();
  }

  static boolean isRow(List<Integer> found, int from, int count) {
    return found.equals(IntStream.range(from, from + count).boxed().toList());
  }

  /** Watches a decision from its beginning to its end, with trouble in the middle. */
  static void driven(Task trouble) throws Exception {
    try (AttestClient you = as("you");
        AttestClient watcher = as("you")) {
      String id = create(you, request());
      CompletableFuture<List<WatchDecisionResponse>> following = follow(watcher, id);
      approve(id, "ann");
      trouble.run();
      approve(id, "ben");
      Decision done = you.executeAndWait(id, LONG);
      List<WatchDecisionResponse> messages = following.get();
      check(isRow(seqs(messages), 0, done.getHeadSeq() + 1), seqs(messages));
      check(messages.stream().filter(WatchDecisionResponse::hasCaughtUp).count() == 1, messages);
      List<DecisionState> states = messages.stream().filter(WatchDecisionResponse::hasLifecycle).map(each -> each.getLifecycle().getLifecycle().getState()).toList();
      check(states.get(states.size() - 1) == DecisionState.DECISION_STATE_COMPLETED, states);
    }
  }
}
