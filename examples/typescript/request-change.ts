// A service that may act only when somebody has approved: request-change.ts TICKET
//
// Requests a change for a ticket, waits up to an hour until it is approved, has it carried out, and keeps the evidence. May be started again at any time, with the same
// ticket: it goes on where it was.
import { writeFile } from "node:fs/promises";
import { WrongTurn } from "@nexus-attest/client";
import { PackageMode } from "@nexus-attest/client/nexus/attest/v1/audit_package_pb";
import { DecisionState } from "@nexus-attest/client/nexus/attest/v1/lifecycle_pb";
import { Mode } from "@nexus-attest/client/nexus/attest/v1/plan_pb";
import { connectToServer } from "./connect.ts";

const [ticket = ""] = process.argv.slice(2);
const service = connectToServer();
const signal = AbortSignal.timeout(3_600_000);

const call = { tool: "files", method: "write", argumentsJson: '{"path": "release/limit.txt", "content": "250\\n"}' };
const { decision } = await service.decisions.createDecision({
  // One ticket is one decision, however often this runs.
  requestId: `change-${ticket}`,
  goal: `raise the limit, as ${ticket} asks`,
  labels: [{ key: "ticket", value: ticket }],
  mode: Mode.APPLY,
  adapterId: process.env["NEXUS_ATTEST_ADAPTER"] ?? "files",
  plan: { steps: [{ stepId: "limit", intent: "put the new limit in place", call }] },
  policySource: { case: "policy", value: { minApprovals: 1, allowedModes: [Mode.APPLY] } },
});
const { decisionId = "" } = decision ?? {};
console.log(decisionId, "waits for an approval");
try {
  await service.waitUntil(decisionId, "executable", { signal });
  await service.executeAndWait(decisionId, { signal });
} catch (error) {
  // Rejected, or executed when this ran before.
  if (!(error instanceof WrongTurn)) throw error;
}
const { state } = await service.waitUntil(decisionId, "terminal", { signal });
if (state === DecisionState.COMPLETED) {
  const { packageJson } = await service.audit.exportAuditPackage({ decisionId, mode: PackageMode.EMBEDDED });
  await writeFile(`${decisionId}.audit.json`, packageJson);
  console.log(decisionId, DecisionState[state], `${decisionId}.audit.json`);
} else {
  console.log(decisionId, DecisionState[state]);
  process.exitCode = 1;
}
