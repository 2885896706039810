// An auditor: audit.ts [TRUST_POLICY]
//
// Takes the evidence of every decision that was carried out, and verifies it here, not there. With a trust policy only authentic packages will do. Ends with 1 if one will not.
import { readFileSync } from "node:fs";
import { PackageMode } from "@nexus-attest/client/nexus/attest/v1/audit_package_pb";
import { DecisionState } from "@nexus-attest/client/nexus/attest/v1/lifecycle_pb";
import { readTrustPolicy, verify } from "@nexus-attest/client/verify";
import { connectToServer } from "./connect.ts";

const [policy] = process.argv.slice(2);
const trust = policy === undefined ? undefined : readTrustPolicy(readFileSync(policy));
const auditor = connectToServer();

for await (const decisionId of carriedOut()) {
  const { packageJson } = await auditor.audit.exportAuditPackage({ decisionId, mode: PackageMode.EMBEDDED });
  const { verdict } = verify(packageJson, trust);
  console.log(decisionId, verdict);
  if (verdict === "BROKEN" || (trust !== undefined && verdict !== "AUTHENTIC")) process.exitCode = 1;
}

/** The ids of all decisions that ran, page by page. */
async function* carriedOut(): AsyncGenerator<string> {
  let pageToken = "";
  do {
    const page = await auditor.decisions.listDecisions({
      filter: { states: [DecisionState.COMPLETED, DecisionState.FAILED] },
      pageToken,
    });
    yield* page.decisions.map(({ decisionId }) => decisionId);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
}
