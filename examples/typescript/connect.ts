import type { AttestClient } from "@nexus-attest/client";
import { connect } from "@nexus-attest/client/node";

/** Where the server is and who calls, by the environment: NEXUS_ATTEST_ADDRESS; NEXUS_ATTEST_TOKEN_FILE and NEXUS_ATTEST_CA_FILE, or a server with development identity. */
export function connectToServer(): AttestClient {
  const {
    NEXUS_ATTEST_ADDRESS: address = "http://127.0.0.1:7350",
    NEXUS_ATTEST_TOKEN_FILE: tokenFile,
    NEXUS_ATTEST_CA_FILE: caFile,
  } = process.env;
  return connect(address, tokenFile === undefined ? { developmentActor: "system:pipeline" } : { tokenFile, caFile });
}
