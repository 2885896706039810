import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ActorType } from "../../gen/ts/nexus/attest/v1/actor_pb.ts";
import { CheckStatus, PackageMode, Verdict } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { createApproverKeys, KEY_STREAM } from "../../src/app/approver-keys.ts";
import { SYSTEM_CLOCK } from "../../src/app/clock.ts";
import { createDecisionLogs, type DecisionLog, streamOf } from "../../src/app/decision-logs.ts";
import type { EventStore } from "../../src/app/event-store.ts";
import { digestMetadata } from "../../src/app/stored-digest.ts";
import { toWireEnvelope } from "../../src/codec/dsse-envelope.ts";
import type { Actor } from "../../src/domain/actor.ts";
import type { DsseEnvelope } from "../../src/domain/dsse-envelope.ts";
import type { ApprovalGranted } from "../../src/domain/event.ts";
import type { DecisionId } from "../../src/domain/ids.ts";
import { approvalStatement } from "../../src/evidence/approval-statement.ts";
import { seal } from "../../src/evidence/chain.ts";
import { DIGESTS } from "../../src/evidence/digests.ts";
import { signEnvelope } from "../../src/evidence/dsse.ts";
import { sealKeyEvent } from "../../src/evidence/key-chain.ts";
import { openSqliteEventStore } from "../../src/store/sqlite/event-store.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { newSigningKey, type SigningKey } from "../support/signing-key.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { adaptersIn, POLICY, RELEASE, requested } from "./release.ts";

/*
 * The adversary here operates the server: the database, the server's key, the registry of keys and the configuration are theirs to write, and the server carries
 * out what they wrote. What they do not have are carol's and dave's private keys. The auditor has a trust policy that names those keys and the server's.
 */
const PEOPLE = { carol: newSigningKey(), dave: newSigningKey() };
const SIGNED = { policySource: { case: "policy", value: { ...POLICY, requireSignedApprovals: true } } } as const;

interface Place {
  readonly directory: string;
  readonly config: object;
}

function place(): Place {
  const directory = temporaryDirectory();
  return {
    directory,
    config: { ...adaptersIn(directory).config, approverKeys: { administrators: ["admin"] } },
  };
}

/** A server of that place, with the people's keys enrolled. */
async function honest(at: Place): Promise<ServerUnderTest> {
  const server = await serverUnderTest(at);
  for (const [id, { key }] of Object.entries(PEOPLE))
    await server.as("human:admin").approverKeys.enrollApproverKey({
      approver: { type: ActorType.HUMAN, id },
      publicKey: key.bytes,
    });
  return server;
}

/** An honest approval, given through the API. */
async function approve(server: ServerUnderTest, decisionId: string, who: keyof typeof PEOPLE): Promise<DsseEnvelope> {
  const { decisions } = server.as(`human:${who}`);
  const { decision } = await decisions.getDecision({ decisionId });
  const signature = signEnvelope(
    approvalStatement({
      decisionId: decisionId as DecisionId,
      requestDigest: decision?.requestDigest as never,
      policyDigest: decision?.policyDigest as never,
      headDigest: decision?.headDigest as never,
      approver: { type: "HUMAN", id: who },
      comment: "",
      expiresAt: undefined,
    }),
    PEOPLE[who].signer,
  );
  await decisions.grantApproval({ decisionId, signature: toWireEnvelope(signature) });
  return signature;
}

/** Writes approvals into the database of a server that stands still, chained and digested as the server would. */
async function forge(
  at: Place,
  decisionId: string,
  approvals: readonly {
    readonly as: string;
    readonly signature: (log: DecisionLog, approver: Actor) => DsseEnvelope | undefined;
  }[],
  enrol: readonly (readonly [string, SigningKey])[] = [],
): Promise<void> {
  const store = await openSqliteEventStore({ directory: join(at.directory, "data") });
  try {
    for (const [id, key] of enrol) await enrolByHand(store, id, key);
    for (const { as: id, signature } of approvals) {
      const log = await createDecisionLogs(store).load(decisionId as DecisionId);
      if (log?.decision.policy === undefined) throw new Error("there is nothing to forge");
      const { head, created, policy } = log.decision;
      const actor: Actor = { type: "HUMAN", id };
      const body: ApprovalGranted = {
        type: "APPROVAL_GRANTED",
        comment: "",
        expiresAt: undefined,
        requestDigest: DIGESTS.request(decisionId as DecisionId, created, policy),
        groups: [],
        signature: signature(log, actor),
      };
      const sealed = seal({
        eventId: randomUUID(),
        decisionId: decisionId as DecisionId,
        seq: head.seq + 1,
        occurredAt: head.occurredAt,
        actor,
        delegate: undefined,
        requestId: randomUUID(),
        previousDigest: head.digest,
        body,
      });
      await store.append(streamOf(decisionId as DecisionId), head.seq, [
        { id: sealed.event.eventId, type: body.type, data: sealed.text, metadata: digestMetadata(sealed.digest) },
      ]);
    }
  } finally {
    await store.close();
  }
}

async function enrolByHand(store: EventStore, id: string, { key }: SigningKey): Promise<void> {
  const { registry } = await createApproverKeys({ store, clock: SYSTEM_CLOCK, log: createCapturedLog() }).load();
  const { head } = registry;
  const admin: Actor = { type: "HUMAN", id: "admin" };
  const approver: Actor = { type: "HUMAN", id };
  const sealed = sealKeyEvent({
    eventId: randomUUID(),
    seq: (head?.seq ?? -1) + 1,
    occurredAt: head?.occurredAt ?? 0,
    actor: admin,
    delegate: undefined,
    requestId: randomUUID(),
    previousDigest: head?.digest ?? "",
    body: { type: "KEY_ENROLLED", keyId: key.keyId, approver, publicKey: key.bytes, description: "" },
  });
  await store.append(KEY_STREAM, head?.seq ?? "none", [
    { id: sealed.event.eventId, type: "KEY_ENROLLED", data: sealed.text, metadata: digestMetadata(sealed.digest) },
  ]);
}

/** What somebody signs who signs what the log says. */
function signedBy({ signer }: SigningKey) {
  return ({ decision }: DecisionLog, approver: Actor): DsseEnvelope => {
    const { decisionId, created, policy, head } = decision;
    if (policy === undefined) throw new Error("a draft");
    return signEnvelope(
      approvalStatement({
        decisionId,
        requestDigest: DIGESTS.request(decisionId, created, policy),
        policyDigest: DIGESTS.policy(policy.policy),
        headDigest: head.digest,
        approver,
        comment: "",
        expiresAt: undefined,
      }),
      signer,
    );
  };
}

/** The server carries it out and signs the package; the auditor judges. */
async function carriedOut(server: ServerUnderTest, decisionId: string) {
  const { decisions, audit } = server.as("human:bob");
  await decisions.executeDecision({ decisionId, wait: { seconds: 20n } });
  const { packageJson } = await audit.exportAuditPackage({ decisionId, mode: PackageMode.EMBEDDED });
  const { keys } = await audit.listServerKeys({});
  const trustPolicy = {
    policyVersion: "nexus.attest/trust-policy/v1",
    serverKeys: keys.map(({ publicKey }) => ({ name: "ours", publicKey })),
    approverKeys: Object.entries(PEOPLE).map(([id, { key }]) => ({
      approver: { type: ActorType.HUMAN, id },
      publicKey: key.bytes,
    })),
    requiredChecks: ["approver_signatures"],
  };
  const { report } = await audit.verifyAuditPackage({ packageJson, trustPolicy });
  return {
    verdict: report?.verdict,
    failed: report?.checks.filter(({ status }) => status === CheckStatus.FAIL).map(({ name }) => name),
    signedByServer: report?.checks.find(({ name }) => name === "server_signature")?.status === CheckStatus.PASS,
  };
}

describe("whoever owns the database and the server's key", () => {
  test("need not forge anything where the approvers said yes: that is authentic", async () => {
    const server = await honest(place());
    const decisionId = await requested(server, SIGNED);
    await approve(server, decisionId, "carol");
    await approve(server, decisionId, "dave");
    expect(await carriedOut(server, decisionId)).toEqual({
      verdict: Verdict.AUTHENTIC,
      failed: [],
      signedByServer: true,
    });
  });

  const forgeries: [string, Parameters<typeof forge>[2], Parameters<typeof forge>[3]?][] = (() => {
    const [ofCarol, ofDave] = [newSigningKey(), newSigningKey()];
    return [
      [
        "by keys of their own, which they enrol under the approvers' names",
        [
          { as: "carol", signature: signedBy(ofCarol) },
          { as: "dave", signature: signedBy(ofDave) },
        ],
        [
          ["carol", ofCarol],
          ["dave", ofDave],
        ],
      ],
      [
        "by people whom they made up, with keys that are enrolled as they should be",
        [
          { as: "mallory", signature: signedBy(ofCarol) },
          { as: "trent", signature: signedBy(ofDave) },
        ],
        [
          ["mallory", ofCarol],
          ["trent", ofDave],
        ],
      ],
      [
        "by other keys under the ids of the approvers' own",
        (["carol", "dave"] as const).map((who) => ({
          as: who,
          signature: signedBy({ ...ofCarol, signer: { ...ofCarol.signer, keyId: PEOPLE[who].key.keyId } }),
        })),
      ],
    ];
  })();
  test.each(forgeries)("forges no quorum %s, although the server carries it out", async (_, approvals, enrol = []) => {
    const at = place();
    const server = await honest(at);
    const decisionId = await requested(server, SIGNED);
    await server.close();
    await forge(at, decisionId, approvals, enrol);
    const { verdict, failed, signedByServer } = await carriedOut(await serverUnderTest(at), decisionId);
    expect({ verdict, signedByServer }).toEqual({ verdict: Verdict.BROKEN, signedByServer: true });
    expect(failed).toEqual(["approver_signatures", "required_checks"]);
  });

  test("forges no quorum out of one true yes, shown again as somebody else's or on another decision", async () => {
    const at = place();
    const server = await honest(at);
    const decisionId = await requested(server, SIGNED);
    const policy = { ...SIGNED.policySource.value, minApprovals: 1 };
    const other = await requested(server, { policySource: { case: "policy", value: policy } });
    const yes = await approve(server, decisionId, "carol");
    await server.close();
    const daves = (): DsseEnvelope => ({
      ...yes,
      signatures: yes.signatures.map(({ sig }) => ({ keyid: PEOPLE.dave.key.keyId, sig })),
    });
    await forge(at, decisionId, [{ as: "dave", signature: daves }]);
    await forge(at, other, [{ as: "carol", signature: () => yes }]);
    const again = await serverUnderTest(at);
    for (const id of [decisionId, other])
      expect(await carriedOut(again, id)).toMatchObject({
        verdict: Verdict.BROKEN,
        failed: expect.arrayContaining(["approver_signatures"]),
      });
  });

  test("gains nothing by leaving the signatures out, under this policy or under a weaker one", async () => {
    const at = place();
    const server = await honest(at);
    const [strict, weak] = [await requested(server, SIGNED), await requested(server, RELEASE)];
    await server.close();
    const unsigned = ["carol", "dave"].map((as) => ({ as, signature: () => undefined }));
    await forge(at, strict, unsigned);
    await forge(at, weak, unsigned);
    const again = await serverUnderTest(at);
    await expect(carriedOut(again, strict), "not even the server counts them").rejects.toThrow(/approvals needed/);
    expect(await carriedOut(again, weak)).toMatchObject({ verdict: Verdict.BROKEN, failed: ["required_checks"] });
  });
});
