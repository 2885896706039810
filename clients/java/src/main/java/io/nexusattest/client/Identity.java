package io.nexusattest.client;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;

/** As whom a client calls. */
sealed interface Identity {
  /** What goes with each call. */
  default Optional<CallCredentials> ofCalls() {
    return Optional.empty();
  }

  /** Adds what the connection itself proves. */
  default void addTo(TlsChannelCredentials.Builder tls) throws IOException {}

  record Nobody() implements Identity {}

  record Token(Callable<String> token) implements Identity {
    @Override
    public Optional<CallCredentials> ofCalls() {
      return Optional.of(new Headers(() -> List.of(new Header("authorization", "Bearer " + visible("the token", bare(token.call()))))));
    }
  }

  record Certificate(Path cert, Path key) implements Identity {
    @Override
    public void addTo(TlsChannelCredentials.Builder tls) throws IOException {
      tls.keyManager(Certificates.in(cert).toFile(), key.toFile());
    }
  }

  record DevelopmentActor(String actor, List<String> groups) implements Identity {
    public DevelopmentActor {
      visible("the development actor", actor);
      groups.forEach(group -> visible("a development group", group));
    }

    @Override
    public Optional<CallCredentials> ofCalls() {
      Header named = new Header("nexus-actor", actor);
      List<Header> headers = groups.isEmpty() ? List.of(named) : List.of(named, new Header("nexus-groups", String.join(",", groups)));
      return Optional.of(new Headers(() -> headers));
    }
  }

  record Header(String name, String value) {}

  /** Made anew for each call, off the threads of the network: a token may come from a file. */
  final class Headers extends CallCredentials {
    private final Callable<List<Header>> headers;

    Headers(Callable<List<Header>> headers) {
      this.headers = headers;
    }

    @Override
    public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
      executor.execute(
          () -> {
            Metadata metadata = new Metadata();
            try {
              for (Header header : headers.call()) {
                metadata.put(Metadata.Key.of(header.name(), Metadata.ASCII_STRING_MARSHALLER), header.value());
              }
            } catch (Exception failed) {
              applier.fail(Status.UNAUTHENTICATED.withDescription("the identity cannot be told").withCause(failed));
              return;
            }
            applier.apply(metadata);
          });
    }
  }

  /** The token that a file holds now. */
  static String read(Path file) throws IOException {
    return Files.readString(file);
  }

  /** The token without the line break that comes along from files and programs. */
  private static String bare(String token) {
    return token == null ? null : token.strip();
  }

  Pattern VISIBLE = Pattern.compile("[!-~]+");

  /** Metadata would silently turn other characters into question marks, and so one identity into another. Does not say the value: it may be a secret. */
  private static String visible(String what, String value) {
    if (value == null || !VISIBLE.matcher(value).matches()) throw new IllegalArgumentException(what + " must be visible ASCII characters, and at least one");
    return value;
  }
}
