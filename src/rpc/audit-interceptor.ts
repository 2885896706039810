import type { Message } from "@bufbuild/protobuf";
import type { Interceptor } from "@connectrpc/connect";
import { ErrorInfoSchema } from "../../gen/ts/google/rpc/error_details_pb.ts";
import type { AuditEntry, AuditLog } from "../app/audit-log.ts";
import { auditedCall } from "./audited-call.ts";
import { AUDITED, type AuditedCall, pathOf } from "./audited-calls.ts";
import { toRpcError } from "./errors.ts";

/**
 * Records the calls that change what everything else relies on, before they are carried out and with their end, and those that carry evidence out of the house.
 * Only those that access has let through: what it denies is recorded as denied.
 */
export function createAuditInterceptor(audit: AuditLog): Interceptor {
  return (next) => async (request) => {
    const audited = AUDITED.get(pathOf(request.method));
    if (audited === undefined || request.stream) return await next(request);
    const { message, signal } = request;
    const about = audited.of(message);
    if (about === undefined) return await next(request);
    const entry = { kind: audited.kind, ...auditedCall({ ...request }, message), ...about };
    const attempt = announce(audited, entry);
    const end = (rest: Partial<AuditEntry> & Pick<AuditEntry, "outcome">) => {
      const details = { ...about.details, ...rest.details };
      audit.note({ ...entry, ...rest, attempt, details }, { isDurable: audited.when !== "after" });
    };
    try {
      const response = await next(request);
      end({ outcome: "SUCCEEDED", ...audited.answered?.(response.message as Message) });
      return response;
    } catch (error) {
      const [info] = toRpcError(error, signal).findDetails(ErrorInfoSchema);
      end({ outcome: "FAILED", reason: info?.reason });
      throw error;
    }
  };

  /** The seq of the record that says that it is about to be done; undefined if there is none. */
  function announce({ when }: AuditedCall, entry: Omit<AuditEntry, "outcome">): number | undefined {
    const attempted = { ...entry, outcome: "ATTEMPTED" } as const;
    if (when === "recorded") return audit.record(attempted);
    if (when === "noted") return audit.note(attempted, { isDurable: true });
    return undefined;
  }
}
