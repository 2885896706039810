// Requests a decision, approves it as somebody else, executes it, and watches all of it:
//   npm start -- --config examples/nexus-attest.yaml        (in another terminal)
//   npx node examples/client.ts
import { setTimeout as sleep } from "node:timers/promises";
import { createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { DecisionService } from "../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { DecisionStateSchema } from "../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import { Mode } from "../gen/ts/nexus/attest/v1/plan_pb.ts";

const baseUrl = process.env["NEXUS_ATTEST_SERVER"] ?? "http://127.0.0.1:7350";
const requester = clientOf("human:you");
const approver = clientOf("human:somebody-else");

const { decision } = await requester.createDecision({
  goal: "raise the limit",
  mode: Mode.APPLY,
  adapterId: "files",
  plan: {
    steps: [
      {
        stepId: "config",
        intent: "put the new limit in place",
        call: { tool: "files", method: "write", argumentsJson: '{"path":"release/limit.txt","content":"250\\n"}' },
      },
    ],
  },
  policySource: { case: "policy", value: { minApprovals: 1, allowedModes: [Mode.APPLY] } },
});
const { decisionId = "", requestDigest = "" } = decision ?? {};
const watching = watch(decisionId);
// An approver passes the digest of what was shown: anything else is refused.
await approver.grantApproval({ decisionId, requestDigest, comment: "looks right" });
await requester.executeDecision({ decisionId });
await watching;

function clientOf(actor: string) {
  const identify: Interceptor = (next) => (request) => {
    request.header.set("nexus-actor", actor);
    return next(request);
  };
  // The connection is closed soon after its last call, so that the program can end.
  const transport = createGrpcTransport({ baseUrl, interceptors: [identify], idleConnectionTimeoutMs: 100 });
  return createClient(DecisionService, transport);
}

/** Ends once the decision has come to its end. A stream that breaks is taken up again behind the last event. */
async function watch(decisionId: string): Promise<void> {
  let fromSeq = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      for await (const { kind } of requester.watchDecision({ decisionId, fromSeq })) {
        if (kind.case === "event") fromSeq = (kind.value.event?.seq ?? 0) + 1;
        if (kind.case === "lifecycle")
          process.stdout.write(`${DecisionStateSchema.value[kind.value.lifecycle?.state ?? 0]?.name}\n`);
      }
      return;
    } catch (error) {
      if (attempt >= 10) throw error;
      await sleep(500);
    }
  }
}
