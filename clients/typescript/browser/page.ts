// What the page of run.ts does with the client, in a browser: bundled by test.sh, called by run.ts.
import { AttestError } from "@nexus-attest/client";
import { PackageMode } from "@nexus-attest/client/nexus/attest/v1/audit_package_pb";
import { DecisionState } from "@nexus-attest/client/nexus/attest/v1/lifecycle_pb";
import { Mode } from "@nexus-attest/client/nexus/attest/v1/plan_pb";
import { connect } from "@nexus-attest/client/web";

const you = connect(location.origin, { developmentActor: "human:you" });
const approver = connect(location.origin, { developmentActor: "human:somebody-else" });

async function request(): Promise<string> {
  const { decision } = await you.decisions.createDecision({
    goal: "raise the limit",
    mode: Mode.APPLY,
    adapterId: "tool",
    plan: { steps: [{ stepId: "limit", call: { tool: "tool", method: "write", argumentsJson: "{}" } }] },
    policySource: { case: "policy", value: { minApprovals: 1, allowedModes: [Mode.APPLY] } },
  });
  return decision?.decisionId ?? "";
}

/** Follows a decision to its end: the seqs of its events, and the last state. */
async function follow(decisionId: string): Promise<{ readonly seqs: readonly number[]; readonly state: string }> {
  const seqs: number[] = [];
  let state = DecisionState.UNSPECIFIED;
  for await (const { kind } of you.watch(decisionId)) {
    if (kind.case === "event") seqs.push(kind.value.event?.seq ?? -1);
    if (kind.case === "lifecycle") state = kind.value.lifecycle?.state ?? state;
  }
  return { seqs, state: DecisionState[state] };
}

let following: ReturnType<typeof follow> | undefined;

export const pageUnderTest = {
  async wholeWay() {
    const decisionId = await request();
    const watched = follow(decisionId);
    const closed = await you.executeAndWait(decisionId).catch((error: unknown) => error);
    await approver.decisions.grantApproval({ decisionId });
    await you.waitUntil(decisionId, "executable");
    await you.executeAndWait(decisionId);
    const { bindingDigest } = await you.audit.exportAuditPackage({ decisionId, mode: PackageMode.EMBEDDED });
    return {
      ...(await watched),
      closed: closed instanceof AttestError ? closed.reason : String(closed),
      bindingDigest,
    };
  },

  /** Begins to follow a decision; `finish` brings it to its end and says what came. */
  async begin() {
    const decisionId = await request();
    following = follow(decisionId);
    return decisionId;
  },
  async finish(decisionId: string) {
    await approver.decisions.rejectDecision({ decisionId, reason: "enough" });
    return await following;
  },

  /** Calls a server of another origin. */
  async elsewhere(address: string) {
    const error = await connect(address, { developmentActor: "human:you", timeout: 1_000 })
      .decisions.listDecisions({})
      .catch((error: unknown) => error);
    return error instanceof AttestError ? `${error.reason}|${error.message}` : JSON.stringify(error);
  },
};

(globalThis as { pageUnderTest?: unknown }).pageUnderTest = pageUnderTest;
