import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import type { ApproverKey } from "../../gen/ts/nexus/attest/v1/approver_key_pb.ts";
import {
  EnrollApproverKeyResponseSchema,
  GetApproverKeyResponseSchema,
  ListApproverKeysResponseSchema,
  RevokeApproverKeyResponseSchema,
} from "../../gen/ts/nexus/attest/v1/approver_key_service_pb.ts";
import { toWireActor } from "../codec/actor.ts";
import { printJson, REQUEST_ID } from "./answer.ts";
import { parseActor, parseCount, parseKeyId } from "./arguments.ts";
import { insist } from "./client.ts";
import { globalsOf, openSession } from "./globals.ts";
import { createOutput, type Output, safe, table } from "./output.ts";
import { actorName, time } from "./render.ts";

type Options = Record<string, string | undefined>;

/** The commands about the keys by which approvers sign. */
export function addApproverKeyCommands(program: Command): void {
  const keys = program.command("approver-keys").description("look after the keys that approvals are signed with");
  keys
    .command("new <file>")
    .description("make yourself a private key in a new file that only you may read; needs no server")
    .action(async (file: string, _options: object, command: Command) => {
      const { newKey } = await import("./new-key.ts");
      newKey(file, createOutput(globalsOf(command).json));
    });
  keys
    .command("enroll <approver>")
    .description("make a public key the key of an approver such as human:carol, for ever; takes an administrator")
    .option("--public-key <BASE64>", "the key, as approver-keys new shows it")
    .option("--pem <FILE>", "the same in a file, as openssl pkey -pubout writes it")
    .option("--description <TEXT>", "what it is, for people")
    .option(...REQUEST_ID)
    .action(async (approver: string, options: Options, command: Command) => {
      const { clients, output, timeout } = openSession(command);
      const { publicKeyFrom } = await import("./public-key-option.ts");
      const request = {
        requestId: options["requestId"] ?? randomUUID(),
        approver: toWireActor(parseActor(approver, "approver")),
        publicKey: publicKeyFrom({ typed: options["publicKey"], file: options["pem"] }),
        description: options["description"] ?? "",
      };
      const response = await insist(timeout, () => clients.approverKeys.enrollApproverKey(request));
      if (output.json) return printJson(output, EnrollApproverKeyResponseSchema, response);
      show(response.key, output);
    });
  keys
    .command("revoke <key-id>")
    .description(
      "end a key for ever: what it signed counts at no gate any more; takes its approver or an administrator",
    )
    .requiredOption("--reason <TEXT>", "why")
    .option(...REQUEST_ID)
    .action(async (keyId: string, options: Options, command: Command) => {
      const { clients, output, timeout } = openSession(command);
      const request = {
        requestId: options["requestId"] ?? randomUUID(),
        keyId: parseKeyId(keyId),
        reason: options["reason"] ?? "",
      };
      const response = await insist(timeout, () => clients.approverKeys.revokeApproverKey(request));
      if (output.json) return printJson(output, RevokeApproverKeyResponseSchema, response);
      show(response.key, output);
    });
  keys
    .command("list")
    .description("the keys, in the order in which they were enrolled")
    .option("--approver <ACTOR-ID>", "of this approver")
    .option("--limit <N>", "at most so many", "50")
    .option("--page-token <TOKEN>", "goes on where the page before ended")
    .action(async (options: Options, command: Command) => {
      const { clients, output } = openSession(command);
      const response = await clients.approverKeys.listApproverKeys({
        approverId: options["approver"] ?? "",
        pageSize: parseCount(options["limit"] ?? "", "--limit"),
        pageToken: options["pageToken"] ?? "",
      });
      if (output.json) return printJson(output, ListApproverKeysResponseSchema, response);
      if (response.keys.length === 0) return output.note("no keys");
      const rows = response.keys.map(({ keyId, approver, enrolledAt, revokedAt, description }) => [
        keyId,
        actorName(approver),
        time(enrolledAt),
        time(revokedAt),
        safe(description),
      ]);
      for (const line of table([["KEY", "APPROVER", "ENROLLED", "REVOKED", "DESCRIPTION"], ...rows])) output.line(line);
      if (response.nextPageToken !== "") output.note(`more: --page-token ${response.nextPageToken}`);
    });
  keys
    .command("show <key-id>")
    .description("one key")
    .action(async (keyId: string, _options: object, command: Command) => {
      const { clients, output } = openSession(command);
      const response = await clients.approverKeys.getApproverKey({ keyId: parseKeyId(keyId) });
      if (output.json) return printJson(output, GetApproverKeyResponseSchema, response);
      show(response.key, output);
    });
}

function show(key: ApproverKey | undefined, output: Output): void {
  if (key === undefined) return;
  const { revokedAt, revokedBy, revocationReason } = key;
  const rows = [
    ["key id", key.keyId],
    ["approver", actorName(key.approver)],
    ["public key", Buffer.from(key.publicKey).toString("base64")],
    ...(key.description === "" ? [] : [["description", safe(key.description)]]),
    ["enrolled", `${time(key.enrolledAt)} by ${actorName(key.enrolledBy)}`],
    ...(revokedAt === undefined
      ? []
      : [["revoked", `${time(revokedAt)} by ${actorName(revokedBy)}: ${safe(revocationReason)}`]]),
  ];
  for (const line of table(rows)) output.line(line);
}
