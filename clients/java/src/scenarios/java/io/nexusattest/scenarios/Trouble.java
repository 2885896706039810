package io.nexusattest.scenarios;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** What clients/harness/run.ts does to the server when it is asked. */
final class Trouble {
  private static final String CONTROL = System.getenv("NEXUS_ATTEST_CONTROL");

  private Trouble() {}

  static String ask(String what) {
    try {
      HttpURLConnection connection = (HttpURLConnection) URI.create(CONTROL + "/" + what).toURL().openConnection();
      try (InputStream answer = connection.getInputStream()) {
        return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  static int cuts() {
    return Integer.parseInt(ask("cuts"));
  }
}
