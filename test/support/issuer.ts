import { KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import { onTestFinished } from "vitest";

export const AUDIENCE = "nexus-attest";

/** How an issuer answers who asks for its keys. */
export type Answering = "well" | "never" | "garbage" | "failing" | "redirecting" | "hugely" | "endlessly";

export interface Issuer {
  /** Its `iss`. */
  readonly issuer: string;
  readonly jwksUrl: string;
  /** How often its keys were asked for. */
  asked(): number;
  answer(how: Answering): void;
  /** The key set that it publishes now. */
  published(): { readonly keys: readonly JWK[] };
  /** Goes on with a new key; the old one is published on only if asked to. */
  rotate(options?: { readonly keepOld: boolean }): Promise<void>;
  /** A token for an hour, by the key of now. */
  token(claims: JWTPayload, header?: object): Promise<string>;
  /** Whatever header and claims, as they are written, with the signature by the key of now. */
  signed(header: string, claims: string): string;
}

/** An issuer of tokens with its keys at a URL on loopback. */
export async function createIssuer(alg = "RS256"): Promise<Issuer> {
  let how: Answering = "well";
  let asked = 0;
  let made = 0;
  let current = await newKey();
  let keys = [current.jwk];
  const server = createServer((_, response) => {
    asked += 1;
    reply(response);
  });
  const url = await listening(server);

  return {
    issuer: url,
    jwksUrl: `${url}/keys`,
    asked: () => asked,
    answer(next) {
      how = next;
    },
    published: () => ({ keys }),
    async rotate({ keepOld } = { keepOld: true }) {
      current = await newKey();
      keys = keepOld ? [...keys, current.jwk] : [current.jwk];
    },
    token: async (claims, header = {}) =>
      await new SignJWT({ iss: url, aud: AUDIENCE, exp: Math.floor(Date.now() / 1000) + 3600, ...claims })
        .setProtectedHeader({ alg, kid: current.jwk.kid, ...header })
        .sign(current.privateKey),
    signed(header, claims) {
      const input = [header, claims].map((text) => Buffer.from(text).toString("base64url")).join(".");
      const signature = sign("sha256", Buffer.from(input), KeyObject.from(current.privateKey));
      return `${input}.${signature.toString("base64url")}`;
    },
  };

  async function newKey() {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    made += 1;
    return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: `key-${made}`, use: "sig", alg } };
  }

  function reply(response: ServerResponse): void {
    switch (how) {
      case "well":
        response.end(JSON.stringify({ keys }));
        break;
      case "never":
        break;
      case "garbage":
        response.end("<html>");
        break;
      case "failing":
        response.writeHead(500).end(JSON.stringify({ keys }));
        break;
      case "redirecting":
        response.writeHead(302, { location: `${url}/elsewhere` }).end();
        break;
      case "hugely":
        response.end(JSON.stringify({ keys, more: "x".repeat(1024 * 1024) }));
        break;
      case "endlessly": {
        const timer = setInterval(() => response.write(" ".repeat(64 * 1024)), 1);
        response.once("close", () => clearInterval(timer));
      }
    }
  }
}

async function listening(server: Server): Promise<string> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
