// Verifies many packages with the verifier in TypeScript, by the protocol of clients/verifiers.md.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { readTrustPolicy, type TrustPolicy, verify } from "@nexus-attest/client/verify";

const policies = new Map<string, TrustPolicy | undefined>([["-", undefined]]);

for await (const line of createInterface({ input: process.stdin })) {
  const [file = "", trust = "-"] = line.split("\t");
  if (!policies.has(trust)) policies.set(trust, readTrustPolicy(readFileSync(trust)));
  const { verdict, checks, signers } = verify(readFileSync(file), policies.get(trust));
  process.stdout.write(
    `${JSON.stringify({
      verdict,
      checks: Object.fromEntries(checks.map(({ name, status }) => [name, status])),
      signers: signers.map(({ role, name }) => `${role} ${name}`),
      keyIds: signers.map(({ keyId }) => keyId),
    })}\n`,
  );
}
