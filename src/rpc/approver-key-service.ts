import type { ServiceImpl } from "@connectrpc/connect";
import type { ApproverKeyService } from "../../gen/ts/nexus/attest/v1/approver_key_service_pb.ts";
import type { ApproverKeys } from "../app/approver-keys.ts";
import type { HandleKeyCommand } from "../app/key-commands.ts";
import { Refused } from "../app/refused.ts";
import { fromWireActor } from "../codec/actor.ts";
import { toWireApproverKey } from "../codec/approver-key.ts";
import type { Digest } from "../domain/ids.ts";
import { readPublicKey } from "../evidence/public-key.ts";
import { noSuchKey } from "./access.ts";
import { identityOf } from "./authentication.ts";
import { callerOf } from "./caller-of.ts";
import { permissionsOf } from "./permissions.ts";
import { assertSaysWhy } from "./stated-reason.ts";

const DEFAULT_PAGE = 50;

/** The RPCs about approvers' keys. */
export function createApproverKeyService(app: {
  readonly approverKeys: ApproverKeys;
  readonly handleKeys: HandleKeyCommand;
  /** A random request id for callers that give none. */
  readonly newRequestId: () => string;
}): ServiceImpl<typeof ApproverKeyService> {
  return {
    async enrollApproverKey(request, context) {
      const read = readPublicKey(request.publicKey);
      const command = {
        type: "ENROL_KEY",
        approver: fromWireActor(request.approver, "approver"),
        key: read,
        description: request.description,
      } as const;
      return {
        key: toWireApproverKey(
          await app.handleKeys(callerOf(request, context, app.newRequestId), command, context.signal),
        ),
      };
    },

    async revokeApproverKey(request, context) {
      assertSaysWhy("reason", request.reason);
      const command = { type: "REVOKE_KEY", keyId: request.keyId as Digest, reason: request.reason } as const;
      return {
        key: toWireApproverKey(
          await app.handleKeys(callerOf(request, context, app.newRequestId), command, context.signal),
        ),
      };
    },

    async getApproverKey({ keyId }, context) {
      identityOf(context.values);
      const { registry } = await app.approverKeys.load(context.signal);
      const key = registry.keys.get(keyId as Digest);
      if (key === undefined) throw noSuchKey(keyId);
      return { key: toWireApproverKey(key) };
    },

    async listApproverKeys({ approverId, pageSize, pageToken }, context) {
      identityOf(context.values);
      const { seesKey } = permissionsOf(context.values);
      const after = pageToken === "" ? -1 : seqIn(pageToken);
      const { registry } = await app.approverKeys.load(context.signal);
      const size = pageSize === 0 ? DEFAULT_PAGE : pageSize;
      const found = [...registry.keys.values()].filter(
        ({ seq, approver }) => seq > after && (approverId === "" || approver.id === approverId) && seesKey(approver),
      );
      const page = found.slice(0, size);
      return {
        keys: page.map(toWireApproverKey),
        nextPageToken: found.length > size ? `${page.at(-1)?.seq}` : "",
      };
    },
  };
}

/** A page token is the seq at which the last key of the page before was enrolled: whatever the filter, it goes on from there. */
function seqIn(pageToken: string): number {
  if (!/^[0-9]{1,9}$/.test(pageToken))
    throw new Refused("INVALID_PAGE_TOKEN", "page_token: pass the next_page_token of the page before.");
  return Number(pageToken);
}
