import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Code, type Interceptor } from "@connectrpc/connect";
import { HealthCheckResponse_ServingStatus as Serving } from "../../../gen/ts/grpc/health/v1/health_pb.ts";
import { createAuthority } from "../../../test/support/certificates.ts";
import { failureOf, finished, getRun, refused, runRequest, said } from "./requests.ts";
import { routerProcess, servingRouter } from "./router-process.ts";
import { eventually, type Scenario, type Surroundings } from "./scenario.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";

const bearing =
  (authorization: string): Interceptor =>
  (next) =>
  (request) => {
    request.header.set("authorization", authorization);
    return next(request);
  };

function fileWith({ directory }: Surroundings, name: string, content: string, mode = 0o600): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

/** Who may have things run, and by what the router is known. */
export const ADMISSION: readonly Scenario[] = [
  [
    "with a token only its bearers get in, health answers everybody, and the token can be changed while the router runs",
    async (surroundings) => {
      const token_file = fileWith(surroundings, "token", `${TOKEN}\n`);
      const router = await servingRouter(surroundings, { serving: { token_file } });
      const { client } = router;
      const as = (...authorization: string[]) => router.clientOf({ interceptors: authorization.map(bearing) });
      const wrong = [
        as(),
        as(TOKEN),
        as("Bearer "),
        as(`Bearer ${TOKEN}x`),
        as(`Basic ${TOKEN}`),
        as(`Bearer ${TOKEN.slice(1)}`),
      ];
      for (const each of [client, ...wrong]) {
        const request = runRequest();
        await refused(said(each, request), Code.Unauthenticated);
        await refused(getRun(each, request.decisionId, { fence: true }), Code.Unauthenticated);
        await refused(each.describeAdapter({ adapterId: "kit" }), Code.Unauthenticated);
        await refused(getRun(as(`Bearer ${TOKEN}`), request.decisionId), Code.NotFound);
      }
      assert.equal(await router.health(), Serving.SERVING);
      await finished(as(`bearer ${TOKEN}`), runRequest());
      fileWith(surroundings, "token", TOKEN.toUpperCase());
      await refused(said(as(`Bearer ${TOKEN}`), runRequest()), Code.Unauthenticated);
      await finished(as(`Bearer ${TOKEN.toUpperCase()}`), runRequest());
      chmodSync(token_file, 0o644);
      await refused(
        said(as(`Bearer ${TOKEN.toUpperCase()}`), runRequest()),
        Code.Unauthenticated,
        /cannot tell who calls/,
      );
      assert.ok(!router.words().includes(TOKEN.toUpperCase()));
    },
  ],
  [
    "over mutual TLS only clients of the authority with one of the names get in; certificates are renewed while it runs",
    async (surroundings) => {
      const ours = createAuthority(surroundings.directory, "ours");
      const other = createAuthority(surroundings.directory, "other");
      const server = ours.issue("server", { san: "IP:127.0.0.1", usage: "serverAuth" });
      const attest = ours.issue("attest", { san: ["DNS:attest.example.com", "URI:spiffe://example.com/attest"] });
      const somebody = ours.issue("somebody", { san: "DNS:attest.example.com.evil.example" });
      const foreign = other.issue("attest", { san: "DNS:attest.example.com" });
      const nodeOptions = { ca: ours.ca, cert: attest.cert, key: attest.key };
      const router = await servingRouter(surroundings, {
        serving: {
          cert_file: server.certFile,
          key_file: server.keyFile,
          client_ca_file: ours.caFile,
          client_names: ["attest.example.com"],
        },
        connecting: { nodeOptions },
      });
      await finished(router.client, runRequest());
      const clientWith = (issued: { readonly cert: string; readonly key: string } | undefined) =>
        router.clientOf({ nodeOptions: { ca: ours.ca, ...(issued && { cert: issued.cert, key: issued.key }) } });
      await refused(said(clientWith(somebody), runRequest()), Code.Unauthenticated, /none of the names/);
      for (const issued of [undefined, foreign]) {
        const request = runRequest();
        assert.notEqual((await failureOf(said(clientWith(issued), request))).code, Code.Unauthenticated);
        await refused(getRun(router.client, request.decisionId), Code.NotFound);
      }
      const renewed = other.issue("server", { san: "IP:127.0.0.1", usage: "serverAuth" });
      copyFileSync(renewed.keyFile, server.keyFile);
      copyFileSync(renewed.certFile, server.certFile);
      const believing = router.clientOf({ nodeOptions: { ...nodeOptions, ca: other.ca } });
      await eventually("the new certificate is served", () =>
        finished(believing, runRequest()).then(
          () => true,
          () => undefined,
        ),
      );
    },
  ],
  [
    "a key or a token that others can read, or that is none, keeps the router from starting, and is not shown",
    async (surroundings) => {
      const pem = execFileSync("openssl", ["genpkey", "-algorithm", "ed25519"], { encoding: "utf8" });
      const rsa = execFileSync("openssl", ["genpkey", "-algorithm", "rsa"], { encoding: "utf8", stdio: "pipe" });
      const open = fileWith(surroundings, "open.pem", pem, 0o640);
      const cases = [
        [{ signingKeyFile: open }, /chmod 600/],
        [{ signingKeyFile: fileWith(surroundings, "rsa.pem", rsa) }, /not an Ed25519 key/],
        [{ signingKeyFile: fileWith(surroundings, "garbage.pem", "hunter2") }, /cannot be used/],
        [{ signingKeyFile: join(surroundings.directory, "missing") }, /cannot be read/],
        [{ signingKeyFile: surroundings.directory }, /not a regular file/],
        [{ serving: { token_file: fileWith(surroundings, "open-token", TOKEN, 0o644) } }, /chmod 600/],
        [{ serving: { token_file: fileWith(surroundings, "short", "hunter2") } }, /less than 16/],
        [{ serving: { client_ca_file: open } }, /cert_?file/i],
      ] as const;
      for (const [options, message] of cases) {
        const words = await (await routerProcess(surroundings, options)).startInVain();
        assert.match(words, message);
        assert.ok(!words.includes("hunter2") && !words.includes(TOKEN));
      }
    },
  ],
];
