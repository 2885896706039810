package io.nexusattest.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/** Files of certificates. */
final class Certificates {
  private Certificates() {}

  /**
   * The file, once it is sure that it holds some: the transport's own words do not name it.
   *
   * @throws IllegalArgumentException if it holds none
   */
  static Path in(Path file) throws IOException {
    try (InputStream content = Files.newInputStream(file)) {
      if (CertificateFactory.getInstance("X.509").generateCertificates(content).isEmpty()) throw new CertificateException("it is empty");
    } catch (CertificateException none) {
      throw new IllegalArgumentException(file + " holds no certificate in PEM", none);
    }
    return file;
  }
}
