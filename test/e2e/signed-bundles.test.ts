import { join } from "node:path";
import { expect, test } from "vitest";
import { CheckStatus } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { readTrustPolicy } from "../../src/evidence/read-trust-policy.ts";
import { verifyDecisionBundle } from "../../src/evidence/verify-decision-bundle.ts";
import { canonical, digest } from "../evidence/forgeries/forger.ts";
import { bundleStatement } from "../evidence/forgeries/signing.ts";
import { behindItsBack, eventsFile } from "../store/sqlite/raw-file.ts";
import { commandLine } from "../support/command-line.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, POLICY, RELEASE, requested } from "./release.ts";

async function stage() {
  const directory = temporaryDirectory();
  const server = await serverUnderTest({ directory, config: adaptersIn(directory).config });
  const dataDir = join(directory, "data");
  const trust = async () => (await commandLine(["keys", "export", "--data-dir", dataDir])).stdout;
  const exported = async (decisionId: string) =>
    (await server.as("human:olivia").audit.exportBundle({ decisionId })).bundleJson;
  return { directory, server, trust, exported };
}

const partsOf = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));

test("a server's bundles are signed in every state, say exactly what their log says, and are the same to the byte twice", async () => {
  const { server, trust, exported } = await stage();
  const believed = readTrustPolicy(await trust());
  const decisionId = await requested(server);
  const judge = async () => {
    const bytes = await exported(decisionId);
    expect(await exported(decisionId)).toEqual(bytes);
    expect(verifyDecisionBundle(bytes, believed)).toMatchObject({
      verdict: "AUTHENTIC",
      signers: [{ role: "SERVER", name: "nexus-attest" }],
    });
    expect(verifyDecisionBundle(bytes).verdict).toBe("CONSISTENT");
    const { signature, ...rest } = partsOf(bytes);
    expect(Buffer.from(signature.payload, "base64").toString()).toBe(canonical(bundleStatement(rest)));
    expect(rest.template).toBeUndefined();
  };
  await judge();
  await approve(server, decisionId, "carol", "dave");
  await judge();
  await server.as("human:bob").decisions.executeDecision({ decisionId, wait: { seconds: 30n } });
  await judge();
});

test("a bundle carries the template that its policy came from; one that was changed in the store is no longer given out", async () => {
  const { directory, server, trust, exported } = await stage();
  const alice = server.as("human:alice");
  const { template } = await alice.templates.createTemplate({ name: "release", policy: POLICY });
  const policySource = { case: "template" as const, value: { name: "release", overrides: { minApprovals: 3 } } };
  const { decision } = await server.as("human:bob").decisions.createDecision({ ...RELEASE, policySource });
  const decisionId = decision?.decisionId ?? "";
  const bytes = await exported(decisionId);
  expect(digest(partsOf(bytes).template)).toBe(template?.digest);
  const { verdict, checks } = verifyDecisionBundle(bytes, readTrustPolicy(await trust()));
  expect(verdict).toBe("AUTHENTIC");
  expect(checks.find(({ name }) => name === "template")?.status).toBe("PASS");
  const { report } = await alice.audit.verifyBundle({ bundleJson: bytes });
  expect(report?.checks.find(({ name }) => name === "template")?.status).toBe(CheckStatus.PASS);

  behindItsBack(eventsFile(join(directory, "data")), (database) =>
    database.exec(
      `UPDATE events SET data = replace(data, 'MODE_APPLY', 'MODE_DRY_RUN') WHERE type = 'TEMPLATE_CREATED'`,
    ),
  );
  expect(await refusalOf(alice.audit.exportBundle({ decisionId }))).toMatchObject({ reason: "STORED_LOG_CORRUPT" });
});
