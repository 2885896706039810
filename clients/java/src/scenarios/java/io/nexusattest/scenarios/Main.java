package io.nexusattest.scenarios;

import static io.nexusattest.scenarios.Checks.check;
import static io.nexusattest.scenarios.Checks.refused;
import static io.nexusattest.scenarios.Checks.thrown;
import static io.nexusattest.scenarios.Decided.ADDRESS;
import static io.nexusattest.scenarios.Decided.LONG;
import static io.nexusattest.scenarios.Decided.PROXY;
import static io.nexusattest.scenarios.Decided.approve;
import static io.nexusattest.scenarios.Decided.as;
import static io.nexusattest.scenarios.Decided.at;
import static io.nexusattest.scenarios.Decided.create;
import static io.nexusattest.scenarios.Decided.driven;
import static io.nexusattest.scenarios.Decided.filter;
import static io.nexusattest.scenarios.Decided.follow;
import static io.nexusattest.scenarios.Decided.found;
import static io.nexusattest.scenarios.Decided.isRow;
import static io.nexusattest.scenarios.Decided.labelled;
import static io.nexusattest.scenarios.Decided.listed;
import static io.nexusattest.scenarios.Decided.oneApproval;
import static io.nexusattest.scenarios.Decided.plan;
import static io.nexusattest.scenarios.Decided.policy;
import static io.nexusattest.scenarios.Decided.request;
import static io.nexusattest.scenarios.Decided.seqs;

import com.google.protobuf.Duration;
import io.grpc.Status;
import io.nexusattest.client.AttestClient;
import io.nexusattest.client.AttestException;
import io.nexusattest.client.ConnectOptions;
import io.nexusattest.client.FieldViolation;
import io.nexusattest.client.Watch;
import io.nexusattest.client.WrongTurnException;
import io.nexusattest.v1.BlockingCode;
import io.nexusattest.v1.BlockingReason;
import io.nexusattest.v1.CreateDecisionRequest;
import io.nexusattest.v1.CreateDecisionResponse;
import io.nexusattest.v1.Decision;
import io.nexusattest.v1.DecisionEvent;
import io.nexusattest.v1.DecisionState;
import io.nexusattest.v1.ExecuteDecisionRequest;
import io.nexusattest.v1.ExportAuditPackageRequest;
import io.nexusattest.v1.ExportAuditPackageResponse;
import io.nexusattest.v1.GetDecisionRequest;
import io.nexusattest.v1.GrantApprovalRequest;
import io.nexusattest.v1.Lifecycle;
import io.nexusattest.v1.MissingApprovals;
import io.nexusattest.v1.PackageMode;
import io.nexusattest.v1.RejectDecisionRequest;
import io.nexusattest.v1.RevokeApprovalRequest;
import io.nexusattest.v1.Verdict;
import io.nexusattest.v1.VerificationReport;
import io.nexusattest.v1.VerifyAuditPackageRequest;
import io.nexusattest.v1.WatchDecisionResponse;
import io.nexusattest.v1.WatchDecisionsResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs the scenarios of clients/scenarios.md through this client; the arguments are the numbers of those to run. Is run by clients/harness/run.ts. */
public final class Main {
  private static final String TEXT = "héllo wörld 🛒🏳️‍🌈 שלום é e\u0301 \u200d 中文";
  private static final String NOWHERE = "0".repeat(32);
  private static final ExecutorService THREADS = Executors.newCachedThreadPool();

  private record Scenario(int number, String what, Task task) {}

  private static final List<Scenario> SCENARIOS =
      List.of(
          new Scenario(1, "a decision goes the whole way, and its package verifies", Main::wholeWay),
          new Scenario(2, "a request_id does a thing once, and nothing else", Main::requestId),
          new Scenario(3, "a closed gate says why, in types", Main::closedGate),
          new Scenario(4, "a field that breaks a constraint is named", Main::fieldViolation),
          new Scenario(5, "the requester cannot approve", Main::selfApproval),
          new Scenario(6, "a decision that there is not is not found, nor watched", Main::notFound),
          new Scenario(7, "a deadline ends the call, not the run", Main::deadline),
          new Scenario(8, "cancelling ends a watch and a call within a second", Main::cancelling),
          new Scenario(9, "a watch tells a decision from its beginning to its end, and ends", () -> driven(() -> {})),
          new Scenario(10, "a watch goes on through a restart of the server", () -> driven(() -> restart("stop"))),
          new Scenario(11, "a watch goes on after the server was killed", () -> driven(() -> restart("kill"))),
          new Scenario(12, "a watch through a proxy that cuts connections has no gap and no repeat", Main::cutWatch),
          new Scenario(13, "ten thousand events are watched without a gap", Main::manyEvents),
          new Scenario(14, "waiting until a decision can be executed ends with the last approval, or in vain", Main::waiting),
          new Scenario(15, "a call made while the server is down is done once it is up, and once only", Main::serverDown),
          new Scenario(16, "any text comes back as it was", Main::anyText),
          new Scenario(17, "a plan of 1,000 steps is taken, one of 1,001 is a clear error", Main::largePlans),
          new Scenario(18, "wrong credentials are refused at once, and so are connections that would be unsafe", Main::wrongCredentials),
          new Scenario(19, "a list reads what was just written, page by page", Main::listing),
          new Scenario(20, "a run tells how far it is", Main::progress),
          new Scenario(21, "calls whose answers are lost are done once", Main::lostAnswers),
          new Scenario(23, "over TLS a server is known by its authority, and by no other", Proven::ownAuthority),
          new Scenario(24, "a token says who calls; one that is unknown or has expired is refused, and not tried again", Proven::tokens),
          new Scenario(25, "a client certificate says who calls; one of another authority, and none, are refused", Proven::clientCertificates),
          new Scenario(26, "what the roles do not allow is denied in types, and not tried again", Proven::roles),
          new Scenario(27, "a watch goes on with a new token when the old one has run out, and ends if there is none", Proven::rotatedTokens),
          new Scenario(28, "a watch that hears nothing for too long asks anew, without a gap and without a repeat", Proven::silence),
          new Scenario(29, "a connection that goes silent without being closed is given up, and the watch goes on over another", Proven::muted),
          new Scenario(30, "a watch that is cut before it hears anything new waits longer each time", Main::cutWithoutNews),
          new Scenario(31, "a watch that is given another log than before ends, and says so", Main::anotherLog),
          new Scenario(32, "a connection that takes its time to be made is waited for", Main::slowConnection));

  private Main() {}

  public static void main(String[] numbers) {
    Surface.checkIsWhole();
    int passed = 0;
    int failed = 0;
    for (Scenario each : SCENARIOS) {
      if (numbers.length > 0 && !Arrays.asList(numbers).contains("" + each.number())) continue;
      long began = System.nanoTime();
      Future<?> running = THREADS.submit(() -> callTask(each.task()));
      try {
        running.get(3, TimeUnit.MINUTES);
        passed++;
        System.out.printf(Locale.ROOT, "ok   %2d %s (%.1f s)%n", each.number(), each.what(), (System.nanoTime() - began) / 1e9);
      } catch (ExecutionException | TimeoutException | InterruptedException failure) {
        running.cancel(true);
        failed++;
        System.out.printf(Locale.ROOT, "FAIL %2d %s%n", each.number(), each.what());
        failure.printStackTrace(System.out);
      }
    }
    System.out.printf(Locale.ROOT, "%d passed, %d failed%n", passed, failed);
    System.exit(failed > 0 ? 1 : 0);
  }

  private static Void callTask(Task task) throws Exception {
    task.run();
    return null;
  }

  private static void restart(String how) throws InterruptedException {
    Thread.sleep(300);
    Trouble.ask(how);
    Thread.sleep(500);
    Trouble.ask("start");
  }

  private static void wholeWay() {
    try (AttestClient you = as("you")) {
      String id = create(you, request());
      approve(id, "ann", "ben");
      Decision done = you.executeAndWait(id, LONG);
      check(done.getLifecycle().getState() == DecisionState.DECISION_STATE_COMPLETED, done);
      ExportAuditPackageResponse made =
          you.audit().exportAuditPackage(ExportAuditPackageRequest.newBuilder().setDecisionId(id).setMode(PackageMode.PACKAGE_MODE_EMBEDDED).build());
      VerificationReport report =
          you.audit().verifyAuditPackage(VerifyAuditPackageRequest.newBuilder().setPackageJson(made.getPackageJson()).build()).getReport();
      check(report.getVerdict() == Verdict.VERDICT_CONSISTENT || report.getVerdict() == Verdict.VERDICT_AUTHENTIC, report);
      check(report.getBindingDigest().equals(made.getBindingDigest()), report);
    }
  }

  private static void requestId() {
    try (AttestClient you = as("you")) {
      CreateDecisionRequest.Builder named = request().setRequestId("java-scenario-2");
      String first = create(you, named);
      check(create(you, named).equals(first));
      refused("REQUEST_ID_REUSED", Status.Code.ALREADY_EXISTS, () -> create(you, named.setGoal("another")));
    }
  }

  private static void closedGate() {
    try (AttestClient you = as("you")) {
      String id = create(you, request());
      approve(id, "ann");
      List<BlockingReason> reasons = refused("GATE_CLOSED", Status.Code.FAILED_PRECONDITION, () -> you.decisions().executeDecision(execution(id))).getBlockingReasons();
      check(reasons.size() == 1 && reasons.get(0).getCode() == BlockingCode.BLOCKING_CODE_MISSING_APPROVALS, reasons);
      MissingApprovals missing = reasons.get(0).getMissingApprovals();
      check(missing.getRequired() == 2 && missing.getHave() == 1 && missing.getMissing() == 1, missing);
    }
  }

  private static void fieldViolation() {
    try (AttestClient you = as("you")) {
      List<FieldViolation> violations =
          refused("INVALID_REQUEST", Status.Code.INVALID_ARGUMENT, () -> create(you, request().setPolicy(policy(0)))).getFieldViolations();
      check(violations.size() == 1 && violations.get(0).field().equals("policy.min_approvals"), violations);
    }
  }

  private static void selfApproval() {
    try (AttestClient you = as("you")) {
      GrantApprovalRequest own = GrantApprovalRequest.newBuilder().setDecisionId(create(you, request())).build();
      refused("SELF_APPROVAL", Status.Code.PERMISSION_DENIED, () -> you.decisions().grantApproval(own));
    }
  }

  private static void notFound() {
    try (AttestClient you = as("you")) {
      refused("DECISION_NOT_FOUND", Status.Code.NOT_FOUND, () -> found(you, NOWHERE));
      try (Watch<WatchDecisionResponse> watch = you.watch(NOWHERE)) {
        refused("DECISION_NOT_FOUND", Status.Code.NOT_FOUND, watch::hasNext);
        check(!watch.hasNext());
      }
    }
  }

  private static void deadline() {
    try (AttestClient you = as("you")) {
      String id = create(you, oneApproval("slow", "slow"));
      approve(id, "ann");
      long began = System.nanoTime();
      AttestException late =
          thrown(AttestException.class, () -> you.decisions().withTimeout(java.time.Duration.ofMillis(200)).executeDecision(waitingExecution(id)));
      check(late.getCode() == Status.Code.DEADLINE_EXCEEDED, late);
      check(secondsSince(began) < 2, secondsSince(began));
      AttestException tired = thrown(AttestException.class, () -> you.waitUntilTerminal(id, java.time.Duration.ofMillis(200)));
      check(tired.getCode() == Status.Code.DEADLINE_EXCEEDED, tired);
      check(you.waitUntilTerminal(id, LONG).getState() == DecisionState.DECISION_STATE_COMPLETED);
    }
  }

  private static void cancelling() throws Exception {
    AttestClient leaving = as("you");
    try (AttestClient you = as("you")) {
      Watch<WatchDecisionResponse> closing = you.watch(create(you, request()));
      String id = create(you, oneApproval("slow", "slow", "slow"));
      approve(id, "ann");
      String still = create(you, request());
      CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> closing.forEachRemaining(message -> {}), THREADS);
      List<Interruptible> interrupted =
          List.of(
              new Interruptible(() -> you.watch(still).forEachRemaining(message -> {})),
              new Interruptible(() -> you.waitUntilExecutable(still, LONG)),
              new Interruptible(() -> you.decisions().executeDecision(waitingExecution(id))));
      Interruptible left = new Interruptible(() -> leaving.watch(still).forEachRemaining(message -> {}));
      Thread.sleep(500);
      long began = System.nanoTime();
      closing.close();
      interrupted.forEach(Interruptible::interrupt);
      leaving.close();
      closed.get(1, TimeUnit.SECONDS);
      for (Interruptible each : interrupted) check(each.failure().getCode() == Status.Code.CANCELLED && each.wasInterrupted(), each.failure());
      check(left.failure().getCode() == Status.Code.CANCELLED && !left.wasInterrupted(), left.failure());
      check(secondsSince(began) < 1, secondsSince(began));
      you.waitUntilTerminal(id, LONG);
    }
    // A pause before the next try ends as well.
    Trouble.ask("stop");
    try (AttestClient you = as("you")) {
      List<Interruptible> interrupted =
          List.of(new Interruptible(() -> you.watch(NOWHERE).hasNext()), new Interruptible(() -> create(you, request())));
      Thread.sleep(1_000);
      long began = System.nanoTime();
      interrupted.forEach(Interruptible::interrupt);
      for (Interruptible each : interrupted) check(each.wasInterrupted(), each.failure());
      check(secondsSince(began) < 1, secondsSince(began));
    } finally {
      Trouble.ask("start");
    }
  }

  private static void cutWatch() throws Exception {
    try (AttestClient you = as("you");
        AttestClient ann = as("ann");
        AttestClient watcher = at(PROXY, "you")) {
      String id = create(you, request());
      CompletableFuture<List<WatchDecisionResponse>> following = follow(watcher, id);
      Trouble.ask("cut-on?every=80");
      for (int i = 0; i < 600 || Trouble.cuts() < 50; i++) approveAndRevoke(ann, id);
      Trouble.ask("cut-off");
      reject(ann, id);
      List<Integer> seqs = seqs(following.get());
      int head = found(you, id).getHeadSeq();
      check(head > 1_000 && isRow(seqs, 0, head + 1), head, seqs.size());
    }
  }

  private static void cutWithoutNews() throws Exception {
    try (AttestClient you = as("you");
        AttestClient ann = as("ann");
        AttestClient watcher = at(PROXY, "you")) {
      String id = create(you, request());
      CompletableFuture<List<WatchDecisionResponse>> following = follow(watcher, id);
      Trouble.ask("cut-on?every=50");
      Thread.sleep(6_000);
      int cuts = Trouble.cuts();
      Trouble.ask("cut-off");
      check(2 < cuts && cuts < 20, cuts);
      reject(ann, id);
      List<Integer> seqs = seqs(following.get(30, TimeUnit.SECONDS));
      check(isRow(seqs, 0, found(you, id).getHeadSeq() + 1), seqs);
    }
  }

  private static void anotherLog() throws Exception {
    try (AttestClient you = as("you");
        AttestClient ann = as("ann")) {
      String id = create(you, request());
      Trouble.ask("keep");
      approveAndRevoke(ann, id);
      Trouble.ask("swap");
      approveAndRevoke(ann, id);
      CountDownLatch begun = new CountDownLatch(1);
      List<WatchDecisionResponse> messages = new ArrayList<>();
      CompletableFuture<List<WatchDecisionResponse>> following =
          follow(
              you,
              id,
              message -> {
                messages.add(message);
                if (message.hasCaughtUp()) begun.countDown();
              });
      check(begun.await(10, TimeUnit.SECONDS));
      Trouble.ask("swap");
      approveAndRevoke(ann, id);
      try {
        following.get(30, TimeUnit.SECONDS);
        check(false, "it ended in good order");
      } catch (ExecutionException failure) {
        check(failure.getCause() instanceof AttestException lost && lost.getCode() == Status.Code.DATA_LOSS, failure);
      }
      check(isRow(seqs(messages), 0, 4), seqs(messages));
    }
  }

  private static void slowConnection() throws Exception {
    Trouble.ask("slow?ms=3000");
    try (AttestClient you = as("you");
        AttestClient far = at(PROXY, "you")) {
      String id = create(you, request());
      GetDecisionRequest request = GetDecisionRequest.newBuilder().setDecisionId(id).build();
      check(far.decisions().withTimeout(java.time.Duration.ofSeconds(10)).getDecision(request).getDecision().getDecisionId().equals(id));
    } finally {
      Trouble.ask("slow?ms=0");
    }
  }

  private static void manyEvents() throws Exception {
    int decisions = 8;
    int each = 625;
    try (AttestClient you = as("you");
        AttestClient watcher = as("you")) {
      Map<String, List<Integer>> seqs = new HashMap<>();
      for (int i = 0; i < decisions; i++) seqs.put(create(you, labelled("java-13")), new ArrayList<>());
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<Void> watching =
          CompletableFuture.runAsync(
              () -> {
                int open = decisions;
                try (Watch<WatchDecisionsResponse> watch = watcher.watchAll(filter("java-13"), "")) {
                  while (open > 0) {
                    WatchDecisionsResponse message = watch.next();
                    if (message.hasCaughtUp()) begun.countDown();
                    if (!message.getChange().hasEvent()) continue;
                    DecisionEvent event = message.getChange().getEvent().getEvent();
                    seqs.get(event.getDecisionId()).add(event.getSeq());
                    if (event.hasDecisionRejected()) open--;
                  }
                }
              },
              THREADS);
      check(begun.await(30, TimeUnit.SECONDS));
      List<CompletableFuture<Void>> driving = new ArrayList<>();
      for (String id : List.copyOf(seqs.keySet())) {
        String name = "ann-" + driving.size();
        driving.add(
            CompletableFuture.runAsync(
                () -> {
                  try (AttestClient ann = as(name)) {
                    for (int i = 0; i < each; i++) approveAndRevoke(ann, id);
                    reject(ann, id);
                  }
                },
                THREADS));
      }
      for (CompletableFuture<Void> one : driving) one.get();
      watching.get();
      // The first two are there before the watch is, which begins with decisions as they stand.
      seqs.forEach((id, found) -> check(isRow(found, 2, 2 * each + 1), id, found.size()));
    }
  }

  private static void waiting() throws Exception {
    try (AttestClient you = as("you");
        AttestClient ann = as("ann")) {
      String id = create(you, request());
      CompletableFuture<Lifecycle> waited = CompletableFuture.supplyAsync(() -> you.waitUntilExecutable(id, LONG), THREADS);
      approve(id, "ann");
      thrown(TimeoutException.class, () -> waited.get(200, TimeUnit.MILLISECONDS));
      approve(id, "ben");
      check(waited.get().getExecutable(), waited.get());
      String other = create(you, request());
      CompletableFuture<Lifecycle> vain = CompletableFuture.supplyAsync(() -> you.waitUntilExecutable(other, LONG), THREADS);
      Thread.sleep(200);
      reject(ann, other);
      check(thrown(ExecutionException.class, vain::get).getCause() instanceof WrongTurnException);
      thrown(WrongTurnException.class, () -> you.waitUntilExecutable(other, LONG));
    }
  }

  private static void serverDown() throws Exception {
    try (AttestClient you = as("you")) {
      create(you, request());
      Trouble.ask("stop");
      CompletableFuture<String> made = CompletableFuture.supplyAsync(() -> create(you, labelled("java-15")), THREADS);
      Thread.sleep(1_000);
      Trouble.ask("start");
      String id = made.get();
      check(listed(you, "java-15", 0, "").equals(List.of(id)), id);
    }
  }

  private static void anyText() {
    try (AttestClient you = as("you");
        AttestClient ann = as("ann")) {
      String id = create(you, request().setGoal(TEXT));
      ann.decisions().grantApproval(GrantApprovalRequest.newBuilder().setDecisionId(id).setComment(TEXT).build());
      Decision found = found(you, id);
      check(found.getGoal().equals(TEXT) && found.getApprovals(0).getComment().equals(TEXT), found);
    }
  }

  private static void largePlans() {
    try (AttestClient you = as("you")) {
      String[] steps = new String[1_000];
      Arrays.fill(steps, "write");
      String id = create(you, request().setPlan(plan(steps)));
      check(found(you, id).getPlan().getStepsCount() == 1_000);
      String[] more = Arrays.copyOf(steps, 1_001);
      more[1_000] = "write";
      List<FieldViolation> violations =
          refused("INVALID_REQUEST", Status.Code.INVALID_ARGUMENT, () -> create(you, request().setPlan(plan(more)))).getFieldViolations();
      check(violations.size() == 1 && violations.get(0).field().equals("plan.steps"), violations);
    }
  }

  private static void wrongCredentials() throws Exception {
    List<ConnectOptions> wrong =
        List.of(ConnectOptions.anonymous(), ConnectOptions.developmentActor("nobody"), ConnectOptions.developmentActor("human:"));
    for (ConnectOptions options : wrong) {
      try (AttestClient nobody = AttestClient.connect(ADDRESS, options)) {
        long began = System.nanoTime();
        refused("UNAUTHENTICATED", Status.Code.UNAUTHENTICATED, () -> create(nobody, request()));
        refused("UNAUTHENTICATED", Status.Code.UNAUTHENTICATED, () -> nobody.watch(NOWHERE).hasNext());
        check(secondsSince(began) < 2, secondsSince(began));
      }
    }
    try (AttestClient without = AttestClient.connect(ADDRESS, ConnectOptions.tokenFile(Path.of("/nowhere/token")))) {
      refused("", Status.Code.UNAUTHENTICATED, () -> create(without, request()));
    }
    ConnectOptions you = ConnectOptions.developmentActor("human:you");
    Path noCertificate = Path.of(System.getProperty("java.home"), "release");
    unusable(() -> AttestClient.connect("http://attest.example:7350", you));
    unusable(() -> AttestClient.connect("http://127.attest.example:7350", you));
    unusable(() -> AttestClient.connect("attest.example:7350", you));
    unusable(() -> AttestClient.connect("https://attest.example:7350/path", you));
    unusable(() -> AttestClient.connect(ADDRESS, you.caFile(Path.of("ca.pem"))));
    unusable(() -> AttestClient.connect(ADDRESS, ConnectOptions.certificate(Path.of("me.pem"), Path.of("me.key"))));
    unusable(() -> AttestClient.connect("https://attest.example:7350", you.caFile(noCertificate)));
    unusable(() -> ConnectOptions.developmentActor("human:ünï"));
    AttestClient.connect("http://[::1]:7350", you).close();

    AttestClient closed = as("you");
    closed.close();
    closed.close();
    refused("", Status.Code.CANCELLED, () -> create(closed, request()));
    refused("", Status.Code.CANCELLED, () -> closed.watch(NOWHERE).hasNext());
    // Nobody listens there, so the call is between two tries when the client is closed.
    AttestClient closing = AttestClient.connect("http://127.0.0.1:9", you);
    CompletableFuture<Void> underWay = CompletableFuture.runAsync(() -> refused("", Status.Code.CANCELLED, () -> create(closing, request())), THREADS);
    Thread.sleep(300);
    closing.close();
    underWay.get(5, TimeUnit.SECONDS);
  }

  private static void listing() {
    try (AttestClient you = as("you")) {
      List<String> ids = new ArrayList<>();
      String token = "";
      for (int i = 0; i < 5; i++) {
        CreateDecisionResponse made = you.decisions().createDecision(labelled("java-19").build());
        ids.add(made.getDecision().getDecisionId());
        token = made.getConsistencyToken();
      }
      Collections.reverse(ids);
      List<String> listed = listed(you, "java-19", 2, token);
      check(listed.equals(ids), listed, ids);
    }
  }

  private static void progress() throws Exception {
    try (AttestClient you = as("you");
        AttestClient watcher = as("you")) {
      String id = create(you, oneApproval("slow", "slow"));
      approve(id, "ann");
      CompletableFuture<List<WatchDecisionResponse>> following = follow(watcher, id);
      you.executeAndWait(id, LONG);
      List<Integer> steps =
          following.get().stream().filter(WatchDecisionResponse::hasRunProgress).map(each -> each.getRunProgress().getStepsExecuted()).toList();
      check(!steps.isEmpty() && steps.equals(steps.stream().sorted().toList()), steps);
    }
  }

  private static void lostAnswers() {
    try (AttestClient you = as("you");
        AttestClient cut = at(PROXY, "you")) {
      Trouble.ask("cut-on?every=80");
      List<String> made = new ArrayList<>();
      while (made.size() < 100 || Trouble.cuts() < 50) made.add(create(cut, labelled("java-21")));
      Trouble.ask("cut-off");
      String token = you.decisions().createDecision(request().build()).getConsistencyToken();
      List<String> listed = new ArrayList<>(listed(you, "java-21", 200, token));
      Collections.sort(listed);
      Collections.sort(made);
      check(listed.equals(made), listed.size(), made.size());
    }
  }

  private static void approveAndRevoke(AttestClient ann, String id) {
    ann.decisions().grantApproval(GrantApprovalRequest.newBuilder().setDecisionId(id).build());
    ann.decisions().revokeApproval(RevokeApprovalRequest.newBuilder().setDecisionId(id).setReason("again").build());
  }

  private static void reject(AttestClient ann, String id) {
    ann.decisions().rejectDecision(RejectDecisionRequest.newBuilder().setDecisionId(id).setReason("enough").build());
  }

  private static ExecuteDecisionRequest execution(String id) {
    return ExecuteDecisionRequest.newBuilder().setDecisionId(id).build();
  }

  private static ExecuteDecisionRequest waitingExecution(String id) {
    return ExecuteDecisionRequest.newBuilder().setDecisionId(id).setWait(Duration.newBuilder().setSeconds(30)).build();
  }

  private static void unusable(Task connecting) {
    thrown(IllegalArgumentException.class, () -> callTask(connecting));
  }

  private static double secondsSince(long began) {
    return (System.nanoTime() - began) / 1e9;
  }
}
