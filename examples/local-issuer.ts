// An issuer of tokens on this machine, for trying a server out that wants proof of who calls. Never for more: whoever can read its directory can be anybody.
//   node examples/local-issuer.ts serve DIRECTORY                       publishes its keys
//   node examples/local-issuer.ts token DIRECTORY ADDRESS [GROUP,…]     prints a token for an hour
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";

const PORT = Number(process.env["ISSUER_PORT"] ?? 7400);
const ISSUER = `http://127.0.0.1:${PORT}`;

const [command, directory, address, groups = ""] = process.argv.slice(2);

if (command === "serve" && directory !== undefined) {
  const { kid, alg, kty, n, e } = await keyIn(directory);
  const keys = JSON.stringify({ keys: [{ kid, alg, kty, n, e, use: "sig" }] });
  createServer((_, response) => void response.setHeader("content-type", "application/json").end(keys)).listen(
    PORT,
    "127.0.0.1",
    () => process.stdout.write(`the keys of ${ISSUER} are at ${ISSUER}/keys\n`),
  );
} else if (command === "token" && directory !== undefined && address !== undefined) {
  const key = await keyIn(directory);
  const claims = { email: address, email_verified: true, groups: groups.split(",").filter((group) => group !== "") };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", kid: "local" })
    .setIssuer(ISSUER)
    .setAudience("nexus-attest")
    .setSubject(address)
    .setExpirationTime("1h")
    .sign(await importJWK(key));
  process.stdout.write(`${token}\n`);
} else {
  process.stderr.write("local-issuer.ts serve DIRECTORY | token DIRECTORY ADDRESS [GROUP,…]\n");
  process.exitCode = 2;
}

/** The issuer's private key, made when it is first asked for. */
async function keyIn(where: string): Promise<JWK> {
  const file = join(where, "issuer.jwk");
  if (!existsSync(file)) {
    mkdirSync(where, { recursive: true });
    const { privateKey } = await generateKeyPair("RS256", { extractable: true });
    const key = { ...(await exportJWK(privateKey)), kid: "local", alg: "RS256" };
    writeFileSync(file, JSON.stringify(key), { mode: 0o600, flag: "wx" });
  }
  return JSON.parse(readFileSync(file, "utf8")) as JWK;
}
