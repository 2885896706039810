package io.nexusattest.scenarios;

import static io.nexusattest.scenarios.Checks.check;
import static io.nexusattest.scenarios.Checks.refused;
import static io.nexusattest.scenarios.Decided.PROXY;
import static io.nexusattest.scenarios.Decided.as;
import static io.nexusattest.scenarios.Decided.create;
import static io.nexusattest.scenarios.Decided.follow;
import static io.nexusattest.scenarios.Decided.isRow;
import static io.nexusattest.scenarios.Decided.request;
import static io.nexusattest.scenarios.Decided.seqs;

import io.grpc.Status;
import io.nexusattest.client.AttestClient;
import io.nexusattest.client.ConnectOptions;
import io.nexusattest.v1.Decision;
import io.nexusattest.v1.GrantApprovalRequest;
import io.nexusattest.v1.RecordedEvent;
import io.nexusattest.v1.RejectDecisionRequest;
import io.nexusattest.v1.WatchDecisionResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Scenarios with a server that wants proof of who calls, and with connections that say nothing any more. */
final class Proven {
  private static final String SECURE = System.getenv("NEXUS_ATTEST_SECURE");
  private static final Duration SECONDS = Duration.ofSeconds(2);

  private Proven() {}

  static void ownAuthority() {
    try (AttestClient service = service()) {
      create(service, request());
    }
    ConnectOptions options = ConnectOptions.tokenFile(credential("pipeline.token")).timeout(SECONDS);
    for (ConnectOptions each : List.of(options.caFile(credential("other-ca.pem")), options)) {
      try (AttestClient deceived = AttestClient.connect(SECURE, each)) {
        long began = System.nanoTime();
        String message = refused("", Status.Code.UNAVAILABLE, () -> create(deceived, request())).getMessage();
        check(message.contains("certification path") || message.contains("certificate"), message);
        check(isWithin(Duration.ofSeconds(3), began));
      }
    }
  }

  static void tokens() throws Exception {
    try (AttestClient service = service()) {
      Decision made = service.decisions().createDecision(request().build()).getDecision();
      check(made.getRequester().getId().equals("pipeline"), made.getRequester());
      try (AttestClient spaced = proven(ConnectOptions.token(() -> " " + tokenIn("pipeline") + "\r\n"))) {
        create(spaced, request());
      }
      for (String name : List.of("unknown", "expired")) {
        String token = tokenIn(name);
        AtomicInteger asked = new AtomicInteger();
        try (AttestClient nobody = proven(ConnectOptions.token(counted(asked, () -> token)))) {
          refused("UNAUTHENTICATED", Status.Code.UNAUTHENTICATED, () -> create(nobody, request()));
          refused("UNAUTHENTICATED", Status.Code.UNAUTHENTICATED, () -> nobody.watch(made.getDecisionId()).hasNext());
          check(asked.get() == 2, asked);
        }
      }
    }
  }

  static void clientCertificates() {
    try (AttestClient service = service();
        AttestClient ann = proven(certificate("ann"))) {
      RecordedEvent granted = ann.decisions().grantApproval(grant(create(service, request()))).getEvent();
      check(granted.getEvent().getActor().getId().equals("ann@example.com"), granted);
    }
    for (ConnectOptions options : List.of(certificate("stranger"), ConnectOptions.anonymous())) {
      try (AttestClient nobody = proven(options)) {
        long began = System.nanoTime();
        refused("UNAUTHENTICATED", Status.Code.UNAUTHENTICATED, () -> create(nobody, request()));
        check(isWithin(SECONDS, began));
      }
    }
  }

  static void roles() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    String token = tokenIn("pipeline");
    String issued = issued(60);
    try (AttestClient service = proven(ConnectOptions.token(counted(asked, () -> token)));
        AttestClient ben = proven(ConnectOptions.token(() -> issued))) {
      String id = create(service, request());
      asked.set(0);
      refused("PERMISSION_DENIED", Status.Code.PERMISSION_DENIED, () -> service.decisions().grantApproval(grant(id)));
      check(asked.get() == 1, asked);
      refused("PERMISSION_DENIED", Status.Code.PERMISSION_DENIED, () -> create(ben, request()));
    }
  }

  static void rotatedTokens() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    String old = issued(3);
    try (AttestClient service = service();
        AttestClient ben = proven(ConnectOptions.token(counted(asked, () -> issued(3))));
        AttestClient late = proven(ConnectOptions.token(() -> old))) {
      String id = create(service, request());
      CompletableFuture<List<WatchDecisionResponse>> following = follow(ben, id);
      refused(
          "UNAUTHENTICATED",
          Status.Code.UNAUTHENTICATED,
          () -> {
            late.watch(id).forEachRemaining(message -> {});
            return "the end";
          });
      until("the watch asks for new tokens", () -> asked.get() >= 3);
      reject(id, ben, following);
    }
  }

  static void silence() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    ConnectOptions impatient = ConnectOptions.token(counted(asked, () -> issued(60))).silence(Duration.ofMillis(500));
    try (AttestClient service = service();
        AttestClient ben = proven(impatient);
        AttestClient other = proven(ConnectOptions.token(() -> issued(60)))) {
      String id = create(service, request());
      CompletableFuture<List<WatchDecisionResponse>> following = follow(ben, id);
      until("the watch asks anew", () -> asked.get() >= 4);
      reject(id, other, following);
    }
  }

  static void muted() throws Exception {
    try (AttestClient you = as("you");
        AttestClient ann = as("ann");
        AttestClient watcher = AttestClient.connect(PROXY, ConnectOptions.developmentActor("human:you").silence(SECONDS))) {
      String id = create(you, request());
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<List<WatchDecisionResponse>> following =
          follow(
              watcher,
              id,
              message -> {
                if (message.hasCaughtUp()) begun.countDown();
              });
      check(begun.await(10, TimeUnit.SECONDS));
      check(!Trouble.ask("mute").equals("0"));
      reject(id, ann, following);
    }
  }

  private static AttestClient service() {
    return proven(ConnectOptions.tokenFile(credential("pipeline.token")));
  }

  private static AttestClient proven(ConnectOptions options) {
    return AttestClient.connect(SECURE, options.caFile(credential("ca.pem")));
  }

  private static Path credential(String name) {
    return Path.of(System.getenv("NEXUS_ATTEST_CREDENTIALS"), name);
  }

  private static ConnectOptions certificate(String name) {
    return ConnectOptions.certificate(credential(name + ".pem"), credential(name + ".key"));
  }

  private static String tokenIn(String name) throws Exception {
    return Files.readString(credential(name + ".token")).strip();
  }

  /** A token of the issuer, for ben, who approves. */
  private static String issued(int seconds) {
    return Trouble.ask("token?seconds=" + seconds);
  }

  /** A token that says how often it was asked for: once for each try of a call. */
  private static Callable<String> counted(AtomicInteger asked, Callable<String> give) {
    return () -> {
      asked.incrementAndGet();
      return give.call();
    };
  }

  private static GrantApprovalRequest grant(String id) {
    return GrantApprovalRequest.newBuilder().setDecisionId(id).build();
  }

  /** Rejects a decision, which ends what follows it, and holds what came against what there is. */
  private static void reject(String id, AttestClient by, CompletableFuture<List<WatchDecisionResponse>> following) throws Exception {
    RejectDecisionRequest no = RejectDecisionRequest.newBuilder().setDecisionId(id).setReason("enough").build();
    int last = by.decisions().rejectDecision(no).getEvent().getEvent().getSeq();
    List<WatchDecisionResponse> messages = following.get();
    check(isRow(seqs(messages), 0, last + 1), seqs(messages));
    check(messages.stream().filter(WatchDecisionResponse::hasCaughtUp).count() == 1, messages);
  }

  private static void until(String what, BooleanSupplier holds) throws InterruptedException {
    long began = System.nanoTime();
    while (!holds.getAsBoolean()) {
      check(isWithin(Duration.ofSeconds(30), began), what);
      Thread.sleep(50);
    }
  }

  private static boolean isWithin(Duration time, long began) {
    return System.nanoTime() - began < time.toNanos();
  }
}
