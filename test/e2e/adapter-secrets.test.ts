import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { toJsonString } from "@bufbuild/protobuf";
import { expect, onTestFinished, test, vi } from "vitest";
import { PackageMode } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { DecisionSchema } from "../../gen/ts/nexus/attest/v1/decision_pb.ts";
import { DecisionState } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { ConfigError } from "../../src/config/load-config.ts";
import { eventually } from "../support/eventually.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { approve, requested } from "./release.ts";

const SECRET = "s3cret-9f2c";

/** A place that asks for a name and does not take it. */
async function refusing() {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(401).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

test.each(["web", "nowhere", "program"])(
  "a secret of adapter %s goes where it belongs, and into no log, no event, no answer and no audit package",
  async (adapterId) => {
    const directory = temporaryDirectory();
    vi.stubEnv("SECRET_HEADER", `Bearer ${SECRET}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { seen, url } = await refusing();
    const common = { capabilities: ["apply"] };
    const authorization = { env: "SECRET_HEADER" };
    const server = await serverUnderTest({
      directory,
      config: {
        adapters: [
          { ...common, id: "web", kind: "http", url, headers: { authorization } },
          { ...common, id: "nowhere", kind: "http", url: "http://127.0.0.1:1/", headers: { authorization } },
          {
            ...common,
            id: "program",
            kind: "subprocess",
            command: ["false"],
            env: { TOKEN: { env: "SECRET_HEADER" } },
          },
        ],
      },
    });
    const decisionId = await requested(server, { adapterId });
    await approve(server, decisionId, "carol", "dave");
    const { decisions, audit } = server.as("human:bob");
    await decisions.executeDecision({ decisionId });
    const failed = await eventually("it has failed", async () => {
      const { decision } = await decisions.getDecision({ decisionId });
      return decision?.lifecycle?.state === DecisionState.FAILED && decision;
    });
    const { packageJson } = await audit.exportAuditPackage({ decisionId, mode: PackageMode.EMBEDDED });
    // The record of the run lies in the package as base64.
    const text = new TextDecoder().decode(packageJson);
    const record = [...text.matchAll(/"([A-Za-z0-9+/=]{200,})"/g)].map(([, base64 = ""]) => atob(base64)).join("\n");
    expect(record).toContain("failure_message");
    for (const where of [
      text,
      record,
      toJsonString(DecisionSchema, failed),
      inspect(server.log.lines, { depth: null }),
    ])
      expect(where).not.toContain(SECRET);
    expect(seen).toEqual(adapterId === "web" ? [`Bearer ${SECRET}`] : []);
  },
);

test("a secret that no header can hold keeps the server from starting, which does not say what it is", async () => {
  const directory = temporaryDirectory();
  const file = join(directory, "garbled");
  writeFileSync(file, `${SECRET}\nsecond line`);
  const adapter = { id: "garbled", capabilities: ["apply"], kind: "http", url: "http://127.0.0.1:1/" };
  const starting = serverUnderTest({
    directory,
    config: { adapters: [{ ...adapter, headers: { authorization: { file } } }] },
  });
  const error: unknown = await starting.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  const words = inspect(error, { depth: null });
  expect(words).toContain("adapters[0].headers.authorization: the value holds a line break");
  expect(words).not.toContain(SECRET);
});
