import { randomUUID } from "node:crypto";
import { timestampFromDate, timestampMs } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import {
  CancelDecisionResponseSchema,
  GrantApprovalResponseSchema,
  RejectDecisionResponseSchema,
  RevokeApprovalResponseSchema,
} from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { common, finish, REQUEST_ID } from "./answer.ts";
import { parseId, parseSpan, parseTime } from "./arguments.ts";
import { insist } from "./client.ts";
import { UsageError } from "./failure.ts";
import { globalsOf, openSession, type Session } from "./globals.ts";
import { safe } from "./output.ts";
import { signApproval } from "./sign-approval.ts";

type ApproveOptions = Record<string, string | undefined> & { readonly yes?: true };

/** The commands that decide: yes, no, and taking either back. Each sends one call with an idempotency key, again where that is safe. */
export function addDecisionCommands(program: Command): void {
  program
    .command("approve <id>")
    .description("say yes to exactly what is shown")
    .option("--comment <TEXT>", "why")
    .option("--expires-in <SPAN>", "the approval ends by itself, such as 15m")
    .option("--expires-at <TIME>", "the same as a moment")
    .option("--sign-with <KEYFILE>", "sign it with a private key of your own (PKCS#8, PEM; only you may read the file)")
    .option("--yes", "sign what is shown without asking")
    .option("--digest <DIGEST>", "the request digest that you were shown; default: that of the decision as it is now")
    .option(...REQUEST_ID)
    .action(async (id: string, { yes, ...options }: ApproveOptions, command: Command) => {
      const session = openSession(command, { isNameSigned: options["signWith"] !== undefined });
      const decisionId = parseId(id);
      const expiresAt = expiryFrom(options);
      const { comment = "", digest: shownDigest, signWith: keyFile } = options;
      if (keyFile === undefined && yes === true) throw new UsageError("--yes belongs to --sign-with");
      const wanted = { decisionId, as: globalsOf(command).as, comment, shownDigest, isSure: yes === true };
      const what =
        keyFile === undefined
          ? { requestDigest: shownDigest ?? (await lookFirst(session, decisionId)) }
          : await signApproval(session, { ...wanted, keyFile, expiresAt: expiresAt && timestampMs(expiresAt) });
      const request = {
        requestId: options["requestId"] ?? randomUUID(),
        decisionId,
        comment,
        ...what,
        ...(expiresAt === undefined ? {} : { expiresAt }),
      };
      const response = await insist(session.timeout, () => session.clients.decisions.grantApproval(request));
      finish(session.output, GrantApprovalResponseSchema, response, decisionId);
    });

  program
    .command("revoke <id>")
    .description("take your approval back")
    .option("--reason <TEXT>", "why")
    .option("--approver <ACTOR-ID>", "whose: your own id; that of anybody else is refused")
    .option(...REQUEST_ID)
    .action(async (id: string, options: Record<string, string | undefined>, command: Command) => {
      const session = openSession(command);
      const request = { ...common(id, options), approverId: options["approver"] ?? "" };
      const response = await insist(session.timeout, () => session.clients.decisions.revokeApproval(request));
      finish(session.output, RevokeApprovalResponseSchema, response, request.decisionId);
    });

  program
    .command("reject <id>")
    .description("say no, for good")
    .requiredOption("--reason <TEXT>", "why")
    .option(...REQUEST_ID)
    .action(async (id: string, options: Record<string, string | undefined>, command: Command) => {
      const session = openSession(command);
      const request = common(id, options);
      const response = await insist(session.timeout, () => session.clients.decisions.rejectDecision(request));
      finish(session.output, RejectDecisionResponseSchema, response, request.decisionId);
    });

  program
    .command("cancel <id>")
    .description("withdraw your request")
    .option("--reason <TEXT>", "why")
    .option(...REQUEST_ID)
    .action(async (id: string, options: Record<string, string | undefined>, command: Command) => {
      const session = openSession(command);
      const request = common(id, options);
      const response = await insist(session.timeout, () => session.clients.decisions.cancelDecision(request));
      finish(session.output, CancelDecisionResponseSchema, response, request.decisionId);
    });
}

/** Shows what is about to be approved, and gives its digest: nothing else will be approved. */
async function lookFirst({ clients, output }: Session, decisionId: string): Promise<string> {
  const { decision } = await clients.decisions.getDecision({ decisionId });
  if (decision === undefined) throw new Error("the server gave no decision");
  if (!output.json) {
    output.line(`You approve: ${safe(decision.goal)}`);
    output.line(
      `  ${Mode.APPLY === decision.mode ? "APPLY" : "DRY_RUN"} on ${decision.adapterId || "an allowed adapter"}, ${decision.plan?.steps.length ?? 0} steps`,
    );
    output.line(`  ${decision.requestDigest}`);
  }
  return decision.requestDigest;
}

function expiryFrom(options: Record<string, string | undefined>) {
  const { expiresIn, expiresAt } = options;
  if (expiresIn !== undefined && expiresAt !== undefined)
    throw new UsageError("say either --expires-in or --expires-at");
  if (expiresAt !== undefined) return parseTime(expiresAt, "--expires-at");
  if (expiresIn === undefined) return undefined;
  return timestampFromDate(new Date(Date.now() + parseSpan(expiresIn, "--expires-in")));
}
