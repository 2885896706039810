import { type ContextValues, createContextKey } from "@connectrpc/connect";
import type { Sight } from "../app/sight.ts";
import type { Actor } from "../domain/actor.ts";
import type { Template } from "../domain/template.ts";
import { rpcError } from "./errors.ts";

/** What the caller of one call may, by the roles that hold at the moment of asking. */
export interface Permissions {
  /**
   * Asked again while a call goes on: before a command is decided, and while a stream is read.
   *
   * @throws {Refused} if the caller would not be let through any more.
   */
  readonly permit: () => void;
  /** Which decisions the caller may know of. */
  readonly sight: () => Sight;
  readonly seesTemplate: (template: Template) => boolean;
  /** Whether the caller may know of the keys of an approver. */
  readonly seesKey: (approver: Actor) => boolean;
}

const PERMISSIONS = createContextKey<Permissions | undefined>(undefined, { description: "what the caller may" });

export function setPermissions(values: ContextValues, permissions: Permissions): void {
  values.set(PERMISSIONS, permissions);
}

/** What the caller may. A handler that asks cannot be reached without having been let through. */
export function permissionsOf(values: ContextValues): Permissions {
  const permissions = values.get(PERMISSIONS);
  if (permissions === undefined) throw rpcError("PERMISSION_DENIED", "Nobody has judged whether this call is allowed.");
  return permissions;
}

/** What the caller may, or undefined where there is nothing to judge. */
export function knownPermissions(values: ContextValues): Permissions | undefined {
  return values.get(PERMISSIONS);
}
