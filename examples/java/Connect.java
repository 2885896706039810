import io.nexusattest.client.AttestClient;
import io.nexusattest.client.ConnectOptions;
import java.nio.file.Path;

/**
 * Where the server is and who calls, by the environment: NEXUS_ATTEST_ADDRESS; NEXUS_ATTEST_TOKEN_FILE and NEXUS_ATTEST_CA_FILE, or a server with development identity.
 */
final class Connect {
  private Connect() {}

  static AttestClient toServer() {
    String address = System.getenv().getOrDefault("NEXUS_ATTEST_ADDRESS", "http://127.0.0.1:7350");
    return AttestClient.connect(address, options(System.getenv("NEXUS_ATTEST_TOKEN_FILE"), System.getenv("NEXUS_ATTEST_CA_FILE")));
  }

  private static ConnectOptions options(String tokenFile, String caFile) {
    if (tokenFile == null) return ConnectOptions.developmentActor("system:pipeline");
    ConnectOptions options = ConnectOptions.tokenFile(Path.of(tokenFile));
    return caFile == null ? options : options.caFile(Path.of(caFile));
  }
}
