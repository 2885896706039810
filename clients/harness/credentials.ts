import { createHash, randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { createAuthority } from "../../test/support/certificates.ts";

const ISSUER = "https://issuer.example";
const AUDIENCE = "nexus-attest";

/** Callers of a server that wants proof, and what it has to be told of them. */
export interface Credentials {
  /** Holds what the callers show, under the names that clients/scenarios.md gives. */
  readonly directory: string;
  /** `tls`, `auth` and `authorization` of the server. */
  readonly configuration: object;
  /** A token of the issuer for human:ben@example.com. */
  token(seconds: number): Promise<string>;
}

/**
 * Makes two authorities, of which the server's clients are to trust one, and who calls: the service pipeline, which requests and executes, by a token of its own; ann, who
 * approves, by a certificate; and ben, who approves, by tokens of an issuer.
 */
export async function createCredentials(work: string): Promise<Credentials> {
  const directory = join(work, "credentials");
  mkdirSync(directory, { recursive: true });
  const file = (name: string) => join(directory, name);

  const authority = createAuthority(work, "authority");
  const other = createAuthority(work, "other-authority");
  const server = authority.issue("server", { san: ["DNS:localhost", "IP:127.0.0.1"], usage: "serverAuth" });
  const ann = authority.issue("ann", { san: "email:ann@example.com" });
  const stranger = other.issue("stranger", { san: "email:ann@example.com" });
  copyFileSync(authority.caFile, file("ca.pem"));
  copyFileSync(other.caFile, file("other-ca.pem"));
  for (const [name, { certFile, keyFile }] of Object.entries({ ann, stranger })) {
    copyFileSync(certFile, file(`${name}.pem`));
    copyFileSync(keyFile, file(`${name}.key`));
  }

  const tokens = Object.fromEntries(
    ["pipeline", "expired", "unknown"].map((name) => {
      const token = `nxa_${randomBytes(32).toString("base64url")}`;
      writeFileSync(file(`${name}.token`), `${token}\n`, { mode: 0o600 });
      return [name, `sha256:${createHash("sha256").update(token).digest("hex")}`];
    }),
  );

  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const keys = [{ ...(await exportJWK(publicKey)), kid: "issuer", use: "sig", alg: "RS256" }];
  writeFileSync(join(work, "issuer-keys.json"), JSON.stringify({ keys }));

  return {
    directory,
    configuration: {
      tls: { certFile: server.certFile, keyFile: server.keyFile },
      auth: {
        tokens: [
          { service: "pipeline", hash: tokens["pipeline"] },
          { service: "pipeline", hash: tokens["expired"], expires: "2020-01-01T00:00:00Z" },
        ],
        mtls: {
          caFile: authority.caFile,
          actors: [{ san: "email:*@example.com", type: "human", id: "*@example.com" }],
        },
        jwt: [
          {
            issuer: ISSUER,
            audience: [AUDIENCE],
            jwksFile: join(work, "issuer-keys.json"),
            type: "human",
            clockToleranceSeconds: 0,
          },
        ],
      },
      authorization: [
        { roles: ["requester", "executor"], actors: ["system:pipeline"] },
        { roles: ["approver"], actors: ["human:ann@example.com", "human:ben@example.com"] },
      ],
    },
    token: async (seconds) =>
      await new SignJWT()
        .setProtectedHeader({ alg: "RS256", kid: "issuer" })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject("ben@example.com")
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .sign(privateKey),
  };
}
