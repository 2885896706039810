package io.nexusattest.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * As whom to connect, and how. Made by naming the one identity; what else is said gives a new object:
 *
 * <pre>{@code ConnectOptions.tokenFile(Path.of("/run/secrets/token")).timeout(Duration.ofSeconds(10))}</pre>
 */
public final class ConnectOptions {
  /** How long a call may take, all its tries together. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  /** Three heartbeats of a server with its own settings. */
  public static final Duration DEFAULT_SILENCE = Duration.ofSeconds(45);

  private final Identity identity;
  private final Path caFile;
  private final boolean plaintext;
  private final Duration timeout;
  private final Duration silence;

  private ConnectOptions(Identity identity, Path caFile, boolean plaintext, Duration timeout, Duration silence) {
    this.identity = identity;
    this.caFile = caFile;
    this.plaintext = plaintext;
    this.timeout = timeout;
    this.silence = silence;
  }

  private static ConnectOptions of(Identity identity) {
    return new ConnectOptions(identity, null, false, DEFAULT_TIMEOUT, DEFAULT_SILENCE);
  }

  /** A bearer token, asked for anew for each call, so that it can be rotated. */
  public static ConnectOptions token(Callable<String> token) {
    return of(new Identity.Token(token));
  }

  /** A bearer token in a file, which is read anew for each call. */
  public static ConnectOptions tokenFile(Path file) {
    return token(() -> Identity.read(file));
  }

  /** A client certificate and its key (PKCS #8), both PEM. */
  public static ConnectOptions certificate(Path certFile, Path keyFile) {
    return of(new Identity.Certificate(certFile, keyFile));
  }

  /** Names the caller, such as {@code human:alice@example.com}, and its groups, on a server with development identity. */
  public static ConnectOptions developmentActor(String actor, String... groups) {
    return of(new Identity.DevelopmentActor(actor, List.of(groups)));
  }

  /** No identity: a server refuses all calls but those of health and reflection. */
  public static ConnectOptions anonymous() {
    return of(new Identity.Nobody());
  }

  /** The authorities that the server's certificate is checked by, PEM, instead of Java's own. */
  public ConnectOptions caFile(Path file) {
    return new ConnectOptions(identity, file, plaintext, timeout, silence);
  }

  /** Allows http:// to other machines than this one. */
  public ConnectOptions plaintext() {
    return new ConnectOptions(identity, caFile, true, timeout, silence);
  }

  /** How long a call may take, all its tries together. */
  public ConnectOptions timeout(Duration timeout) {
    Deadlines.check("timeout", timeout);
    return new ConnectOptions(identity, caFile, plaintext, timeout, silence);
  }

  /** After how long without a message, heartbeats included, a watch takes its connection for dead. */
  public ConnectOptions silence(Duration silence) {
    Deadlines.check("silence", silence);
    return new ConnectOptions(identity, caFile, plaintext, timeout, silence);
  }

  Identity identity() {
    return identity;
  }

  Optional<Path> caFile() {
    return Optional.ofNullable(caFile);
  }

  boolean needsTls() {
    return caFile != null || identity instanceof Identity.Certificate;
  }

  boolean allowsPlaintext() {
    return plaintext;
  }

  Duration timeout() {
    return timeout;
  }

  Duration silence() {
    return silence;
  }
}
