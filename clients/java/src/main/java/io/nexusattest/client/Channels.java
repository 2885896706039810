package io.nexusattest.client;

import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.CompositeChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ManagedChannelRegistry;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Makes channels. A connection itself is made when it is needed. */
final class Channels {
  /** Packages are up to 64 MiB. */
  private static final int MAX_MESSAGE = 90 << 20;

  /** The details of an error come as metadata. */
  private static final int MAX_METADATA = 1 << 20;

  private Channels() {}

  static ManagedChannel open(String address, ConnectOptions options) {
    Address parsed = Address.parse(address, options);
    ChannelCredentials transport = parsed.secure() ? tls(options) : InsecureChannelCredentials.create();
    CallCredentials identity = options.identity().ofCalls().orElse(null);
    ChannelCredentials credentials = identity == null ? transport : CompositeChannelCredentials.create(transport, identity);
    return builder(parsed, credentials)
        .maxInboundMessageSize(MAX_MESSAGE)
        .maxInboundMetadataSize(MAX_METADATA)
        // A connection that has died without a word is found out before a watch would miss its heartbeats. Also where no call is under way: a watch that opens its stream anew
        // on a dead connection would put the pings off every time.
        .keepAliveTime(shorter(Duration.ofSeconds(20), options.silence().dividedBy(2)), TimeUnit.NANOSECONDS)
        .keepAliveTimeout(shorter(Duration.ofSeconds(10), options.silence().dividedBy(2)), TimeUnit.NANOSECONDS)
        .keepAliveWithoutCalls(true)
        // Tries are made here, with the server's own advice, and nobody else's.
        .disableRetry()
        .disableServiceConfigLookUp()
        .build();
  }

  private static ManagedChannelBuilder<?> builder(Address address, ChannelCredentials credentials) {
    try {
      return Grpc.newChannelBuilderForAddress(address.host(), address.port(), credentials);
    } catch (IllegalArgumentException | ManagedChannelRegistry.ProviderNotFoundException unusable) {
      throw new IllegalArgumentException("the certificate and its key cannot be used (wants PEM, the key PKCS #8 and without a passphrase): " + unusable.getMessage(), unusable);
    }
  }

  private static long shorter(Duration one, Duration other) {
    return Math.min(one.toNanos(), other.toNanos());
  }

  private static ChannelCredentials tls(ConnectOptions options) {
    try {
      TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
      if (options.caFile().isPresent()) tls.trustManager(Certificates.in(options.caFile().get()).toFile());
      options.identity().addTo(tls);
      return tls.build();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
