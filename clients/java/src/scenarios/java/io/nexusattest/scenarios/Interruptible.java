package io.nexusattest.scenarios;

import static io.nexusattest.scenarios.Checks.check;

import io.nexusattest.client.AttestException;

/** Something that goes on in a thread of its own, until that is interrupted. */
final class Interruptible {
  private final Thread thread;
  private AttestException failure;
  private boolean interrupted;

  Interruptible(Runnable run) {
    thread =
        new Thread(
            () -> {
              try {
                run.run();
              } catch (AttestException thrown) {
                failure = thrown;
                interrupted = Thread.interrupted();
              }
            });
    thread.start();
  }

  void interrupt() {
    thread.interrupt();
  }

  /** Waits for its end. */
  AttestException failure() throws InterruptedException {
    thread.join(5_000);
    check(!thread.isAlive(), "it goes on");
    check(failure != null, "it ended without a failure");
    return failure;
  }

  boolean wasInterrupted() throws InterruptedException {
    failure();
    return interrupted;
  }
}
