package io.nexusattest.client;

import java.net.URI;
import java.util.regex.Pattern;

/** Where a server is, and whether the way there is encrypted. */
record Address(String host, int port, boolean secure) {
  private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

  static Address parse(String address, ConnectOptions options) {
    URI uri = uri(address);
    boolean secure = "https".equals(uri.getScheme());
    boolean known = secure || "http".equals(uri.getScheme());
    boolean bare = (uri.getRawPath() == null || uri.getRawPath().matches("/?")) && uri.getRawQuery() == null && uri.getRawFragment() == null && uri.getRawUserInfo() == null;
    if (!known || uri.getHost() == null || !bare) throw unusable(address, null);
    if (!secure && options.needsTls()) {
      throw new IllegalArgumentException("address: " + address + " is without TLS, so caFile and certificate would go unheard");
    }
    if (!secure && !options.allowsPlaintext() && !LOOPBACK.matcher(uri.getHost()).matches()) {
      throw new IllegalArgumentException("address: " + address + " would send everything in the clear; use https, or say plaintext");
    }
    int port = uri.getPort() != -1 ? uri.getPort() : secure ? 443 : 80;
    return new Address(uri.getHost(), port, secure);
  }

  private static URI uri(String address) {
    try {
      return URI.create(address);
    } catch (IllegalArgumentException malformed) {
      throw unusable(address, malformed);
    }
  }

  private static IllegalArgumentException unusable(String address, Throwable cause) {
    return new IllegalArgumentException("address: got \"" + address + "\", wants https://host:port, or http://host:port on this machine", cause);
  }
}
