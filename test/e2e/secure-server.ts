import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashOfServiceToken, newServiceToken } from "../../src/identity/service-token.ts";
import { type Authority, createAuthority, type Issued } from "../support/certificates.ts";
import { EVERYBODY } from "../support/everybody.ts";
import { AUDIENCE, createIssuer, type Issuer } from "../support/issuer.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

/** A server's surroundings with every way in but the one that believes everybody. */
export interface SecureStage {
  readonly directory: string;
  readonly authority: Authority;
  readonly issuer: Issuer;
  readonly server: Issued;
  /** The token of the service `pipeline`. */
  readonly serviceToken: string;
  /** Writes the revocation list as the authority has it now. */
  readonly publishCrl: () => void;
  /** What serverUnderTest takes, or a configuration file. */
  readonly config: object;
}

/** Certificates `URI:spiffe://test/NAME` stand for programs, `email:NAME@test` for people; so do tokens of the issuer. `pipeline` may act for people of test. */
export async function secureStage(): Promise<SecureStage> {
  const directory = temporaryDirectory();
  const authority = createAuthority(directory);
  const issuer = await createIssuer();
  const server = authority.issue("server", { san: "IP:127.0.0.1,DNS:localhost", usage: "serverAuth" });
  const serviceToken = newServiceToken();
  const crlFile = join(directory, "revoked.pem");
  const publishCrl = () => writeFileSync(crlFile, authority.crl());
  publishCrl();
  const config = {
    tls: { certFile: server.certFile, keyFile: server.keyFile },
    auth: {
      jwt: [
        { issuer: issuer.issuer, audience: [AUDIENCE], jwksUrl: issuer.jwksUrl, type: "human", groupsClaim: "groups" },
      ],
      mtls: {
        caFile: authority.caFile,
        crlFile,
        actors: [
          { san: "URI:spiffe://test/*", type: "system", id: "*" },
          { san: "email:*@test", type: "human", id: "*@test" },
        ],
      },
      tokens: [{ service: "pipeline", hash: hashOfServiceToken(serviceToken), groups: ["ci"] }],
      onBehalfOf: [{ service: "pipeline", people: ["*@test"], groups: ["staff"] }],
    },
    authorization: EVERYBODY,
  };
  return { directory, authority, issuer, server, serviceToken, publishCrl, config };
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
