import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { PackageMode, Verdict } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import type { RecordedEvent } from "../../gen/ts/nexus/attest/v1/event_pb.ts";
import { DecisionState, type Lifecycle } from "../../gen/ts/nexus/attest/v1/lifecycle_pb.ts";
import type { Protocol } from "../support/server-under-test.ts";
import { serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, eventsOf, POLICY, requested } from "./release.ts";

const CLIENTS = 200;
const PROTOCOLS: readonly Protocol[] = ["grpc", "connect", "grpc-web"];

interface Outcome {
  readonly requestId: string;
  readonly actor: string;
  readonly what: "approve" | "revoke" | "execute";
  readonly written:
    | { readonly event?: RecordedEvent | undefined; readonly lifecycle?: Lifecycle | undefined }
    | undefined;
  readonly reason: string | undefined;
}

test(`${CLIENTS} clients race to approve, revoke and execute one decision: one gate, one run, and every answer agrees with the log`, async () => {
  const directory = temporaryDirectory();
  const adapters = adaptersIn(directory);
  const server = await serverUnderTest({ directory, config: adapters.config });
  adapters.go();
  const policySource = { case: "policy", value: { ...POLICY, minApprovals: 3 } } as const;
  const decisionId = await requested(server, { adapterId: "waiting", policySource });

  const outcomes = (await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)))).flat();

  const watched: string[] = [];
  for await (const { kind } of server.as("human:erin").decisions.watchDecision({ decisionId }))
    if (kind.case === "event") watched.push(kind.value.digest);
  const events = await eventsOf(server.as("human:erin"), decisionId);
  expect(events.map(({ seq }) => seq)).toEqual(events.keys().toArray());
  expect(watched).toHaveLength(events.length);

  // One gate, one start, one outcome, one call of the adapter, and nothing but these after the gate.
  const kinds = events.map(({ body }) => body.case);
  const gate = kinds.indexOf("executionRequested");
  expect(kinds.slice(gate)).toEqual(["executionRequested", "executionStarted", "executionCompleted"]);
  expect(adapters.read("calls")).toBe("files write\n");

  // Whoever was told that something was written finds it in the log as told; whoever was refused finds nothing.
  for (const { requestId, actor, what, written, reason } of outcomes) {
    const own = events.filter((event) => event.requestId === requestId && event.actor?.id === actor);
    if (written === undefined) {
      expect(own, `${what} of ${actor}: ${reason}`).toEqual([]);
      continue;
    }
    const event = written.event?.event;
    expect(own).toEqual([events[event?.seq ?? -1]]);
    expect(own).toEqual([event]);
    expect(written.event?.digest).toBe(watched[event?.seq ?? -1]);
    expect(event?.body.case).toBe(
      { approve: "approvalGranted", revoke: "approvalRevoked", execute: "executionRequested" }[what],
    );
    if (what === "execute") continue;
    const { decision } = await server
      .as("human:erin")
      .decisions.getDecision({ decisionId, asOf: { case: "asOfSeq", value: event?.seq ?? 0 } });
    expect(written.lifecycle?.progress).toEqual(decision?.lifecycle?.progress);
    expect(written.lifecycle?.state).toBe(decision?.lifecycle?.state);
  }
  expect(outcomes.filter(({ what, written }) => what === "execute" && written !== undefined)).toHaveLength(1);
  expect(gate, "the gate comes in the middle of the race").toBeLessThan(2 + CLIENTS);
  const refusals = new Set(outcomes.map(({ reason }) => reason));
  for (const reason of refusals)
    expect([undefined, "GATE_CLOSED", "EXECUTION_UNDER_WAY", "DECISION_CLOSED"]).toContain(reason);

  // Replayed by somebody else, it is the same story.
  const { audit } = server.as("human:erin");
  const { packageJson } = await audit.exportAuditPackage({ decisionId, mode: PackageMode.EMBEDDED });
  const { report } = await audit.verifyAuditPackage({ packageJson });
  expect(report?.verdict).toBe(Verdict.CONSISTENT);
  const { decision } = await server.as("human:erin").decisions.getDecision({ decisionId });
  expect(decision?.lifecycle?.state).toBe(DecisionState.COMPLETED);

  /** Each on a connection of its own: all approve, some change their mind, some execute before and some after. */
  async function client(index: number): Promise<Outcome[]> {
    const actor = `person-${index}`;
    const { decisions } = server.as(`human:${actor}`, { protocol: PROTOCOLS[index % PROTOCOLS.length] ?? "grpc" });
    const done: Outcome[] = [];
    const attempt = async (
      what: Outcome["what"],
      call: (requestId: string) => Promise<NonNullable<Outcome["written"]>>,
    ) => {
      const requestId = `${what}-${index}`;
      try {
        done.push({ requestId, actor, what, written: await call(requestId), reason: undefined });
      } catch (error) {
        if (!(error instanceof ConnectError) || error.code === Code.Unknown) throw error;
        const { reason } = await refusalOf(Promise.reject(error));
        done.push({ requestId, actor, what, written: undefined, reason });
      }
    };
    const execute = () => attempt("execute", (requestId) => decisions.executeDecision({ decisionId, requestId }));
    if (index % 4 === 1) await execute();
    await attempt("approve", (requestId) => decisions.grantApproval({ decisionId, requestId }));
    if (index % 3 === 0 && done[0]?.written !== undefined)
      await attempt("revoke", (requestId) => decisions.revokeApproval({ decisionId, requestId }));
    if (index % 4 === 3) await execute();
    return done;
  }
});
