import { toWireEnvelope } from "../codec/dsse-envelope.ts";
import { toWirePolicy } from "../codec/policy.ts";
import type { Actor } from "../domain/actor.ts";
import type { Instant } from "../domain/ids.ts";
import { approvalStatement } from "../evidence/approval-statement.ts";
import { signEnvelope } from "../evidence/dsse.ts";
import { readPrivateKeyFile } from "../signing/private-key-file.ts";
import { parseActor } from "./arguments.ts";
import { confirm } from "./confirm.ts";
import { UsageError } from "./failure.ts";
import type { Session } from "./globals.ts";
import { type Output, safe, table } from "./output.ts";
import { policyWords } from "./policy-words.ts";
import { type ReadDecision, readDecision } from "./read-log.ts";

/** What somebody wants to sign. */
export interface WantedApproval {
  readonly decisionId: string;
  /** Such as `human:carol`. */
  readonly as: string | undefined;
  readonly comment: string;
  readonly expiresAt: Instant | undefined;
  /** The request digest that was seen before, if any. */
  readonly shownDigest: string | undefined;
  readonly keyFile: string;
  /** Whether nobody is to be asked. */
  readonly isSure: boolean;
}

/** Shows what is to be approved, as its events say, and signs exactly that. */
export async function signApproval({ clients, output }: Session, wanted: WantedApproval) {
  const { decisionId, as, comment, expiresAt, shownDigest, keyFile, isSure } = wanted;
  if (as === undefined) throw new UsageError("--sign-with: say who signs, with --as or NEXUS_ATTEST_AS");
  const approver = parseActor(as, "--as");
  const { signer } = readPrivateKeyFile(keyFile, { mayBeLink: true });
  const read = await readDecision(clients, decisionId);
  const { decision, requestDigest, policyDigest } = read;
  if (shownDigest !== undefined && shownDigest !== requestDigest)
    throw new UsageError(`--digest: you were shown ${shownDigest}; what the events ask for is ${requestDigest}`);
  const longest = decision.policy?.policy.maxApprovalLifetimeSeconds ?? 0;
  if (longest > 0 && expiresAt === undefined)
    throw new UsageError(
      `the policy lets an approval live ${longest} seconds at most: say --expires-in, for you sign it`,
    );
  show(read, { approver, comment, expiresAt, keyId: signer.keyId }, output);
  if (!isSure && !(await confirm("Sign this?"))) throw new UsageError("nothing was signed");
  const headDigest = decision.head.digest;
  const approval = {
    decisionId: decision.decisionId,
    requestDigest,
    policyDigest,
    headDigest,
    approver,
    comment,
    expiresAt,
  };
  return { requestDigest, signature: toWireEnvelope(signEnvelope(approvalStatement(approval), signer)) };
}

/** All of it: nothing is signed that was not shown. On standard error where standard output is for JSON. */
function show(
  { decision, requestDigest, policyDigest }: ReadDecision,
  signed: {
    readonly approver: Actor;
    readonly comment: string;
    readonly expiresAt: Instant | undefined;
    readonly keyId: string;
  },
  output: Output,
): void {
  const { created, policy, requester, head } = decision;
  const rows = [
    ["decision", decision.decisionId],
    ["goal", safe(created.goal)],
    ["requested by", safe(requester.id)],
    ["mode", created.mode],
    ["adapter", created.adapterId || "one of the policy's"],
    ...created.labels.map(({ key, value }, i) => [i === 0 ? "labels" : "", safe(`${key}=${value}`)]),
    ...(created.plan?.steps ?? []).map(({ stepId, intent, call }, i) => [
      i === 0 ? "plan" : "",
      safe(
        `${i + 1}. ${stepId}: ${call.tool} ${call.method} ${call.argumentsJson}${intent === "" ? "" : ` (${intent})`}`,
      ),
    ]),
    ["policy", policy === undefined ? "none" : policyWords(toWirePolicy(policy.policy))],
    ["request digest", requestDigest],
    ["policy digest", policyDigest],
    ["seen up to", `seq ${head.seq}, ${head.digest}`],
    ["approver", `${safe(signed.approver.id)} (${signed.approver.type.toLowerCase()})`],
    ["comment", safe(signed.comment) || "none"],
    ["until", signed.expiresAt === undefined ? "it is revoked" : new Date(signed.expiresAt).toISOString()],
    ["signed by", signed.keyId],
  ];
  const write = (line: string) => (output.json ? output.note(line) : output.line(line));
  write("You sign:");
  for (const line of table(rows)) write(`  ${line}`);
}
