import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readTrustPolicy } from "../../src/evidence/read-trust-policy.ts";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";
import { createEvidenceVerifier } from "../../src/verification/evidence-verifier.ts";
import { bytesOf } from "../evidence/forgeries/forger.ts";
import { serverKey, sign, trustText } from "../evidence/forgeries/signing.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { newSigningKey } from "../support/signing-key.ts";

const GOOD = new Uint8Array(readFileSync(new URL("../../docs/examples/audit-package.embedded.json", import.meta.url)));

/** A package with so many bytes of unknown fields: it takes a while, and is consistent but for its digests. */
function padded(bytes: number): Uint8Array {
  const json = JSON.parse(new TextDecoder().decode(GOOD)) as Record<string, unknown>;
  const fields = Object.fromEntries(Array.from({ length: Math.ceil(bytes / 20) }, (_, index) => [`x${index}`, index]));
  return new TextEncoder().encode(JSON.stringify({ ...json, zzz: fields }));
}

test("says what the library says, of small packages and large ones", async () => {
  const verify = createEvidenceVerifier().verifyPackage;
  const large = padded(2 * 1024 * 1024);
  expect(await verify(GOOD, undefined)).toEqual(verifyAuditPackage(GOOD));
  expect(await verify(large, undefined)).toEqual(verifyAuditPackage(large));
  expect((await verify(large, undefined)).checks).toContainEqual(
    expect.objectContaining({ name: "unknown_fields", status: "NOT_CHECKED" }),
  );
});

test("believes whom the trust policy names, of small packages and large ones, under small policies and large ones", async () => {
  const verify = createEvidenceVerifier().verifyPackage;
  const key = newSigningKey();
  const signed = sign(new TextDecoder().decode(GOOD), key);
  const few = { serverKeys: [serverKey(key)] };
  const many = { serverKeys: [key, ...Array.from({ length: 60 }, newSigningKey)].map((each) => serverKey(each)) };
  for (const policy of [few, many]) {
    const trust = trustText(policy);
    expect((await verify(bytesOf(signed), trust)).verdict).toBe("AUTHENTIC");
    const broken = trust.replace("}]", "},{}]");
    for (const bytes of [bytesOf(signed), padded(1024 * 1024)])
      await expect(verify(bytes, broken)).rejects.toMatchObject({ reason: "INVALID_REQUEST" });
  }
  const large = padded(1024 * 1024);
  expect(await verify(large, trustText(few))).toEqual(verifyAuditPackage(large, readTrustPolicy(trustText(few))));
});

test("several large ones at once are each verified, and a caller that leaves gets its own reason", async () => {
  const verify = createEvidenceVerifier().verifyPackage;
  const [one, other] = [padded(1024 * 1024), padded(2 * 1024 * 1024)];
  const leaving = new AbortController();
  const reason = new Error("gone");
  const left = verify(other, undefined, leaving.signal);
  const waiting = verify(other, undefined, AbortSignal.abort(reason));
  leaving.abort(reason);
  await expect(left).rejects.toBe(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(await Promise.all([verify(one, undefined), verify(other, undefined)])).toEqual([
    verifyAuditPackage(one),
    verifyAuditPackage(other),
  ]);
});

test("a server that verifies a large package answers others meanwhile", async () => {
  const server = await serverUnderTest();
  const { audit, decisions } = server.as("human:erin");
  await decisions.listDecisions({});
  const order: string[] = [];
  const verifying = audit
    .verifyAuditPackage({ packageJson: padded(8 * 1024 * 1024) })
    .then(() => order.push("verified"));
  const others = (async () => {
    for (let index = 0; index < 5; index++) await decisions.listDecisions({});
    order.push("listed");
  })();
  await Promise.all([verifying, others]);
  expect(order).toEqual(["listed", "verified"]);
});
