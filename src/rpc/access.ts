import type { DescMethod, Message } from "@bufbuild/protobuf";
import type { ContextValues, HandlerContext, Interceptor } from "@connectrpc/connect";
import type { RevokeApproverKeyRequest } from "../../gen/ts/nexus/attest/v1/approver_key_service_pb.ts";
import type {
  CreateDecisionRequest,
  ExecuteDecisionRequest,
  ExplainDecisionRequest,
} from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import type { CreateTemplateRequest } from "../../gen/ts/nexus/attest/v1/template_service_pb.ts";
import type { ApproverKeys } from "../app/approver-keys.ts";
import type { Authorization, Grants } from "../app/authorization.ts";
import type { DecisionLogs } from "../app/decision-logs.ts";
import { noSuchDecision, Refused } from "../app/refused.ts";
import { sightOf } from "../app/sight.ts";
import type { TemplateLog } from "../app/template-log.ts";
import { isBoundless } from "../domain/grant.ts";
import type { DecisionId, Digest } from "../domain/ids.ts";
import { gateOf } from "../domain/state.ts";
import type { Template } from "../domain/template.ts";
import { ACCESS, type Rule, ruleFor } from "./access-table.ts";
import { identityOf } from "./authentication.ts";
import { markHidden } from "./call-log.ts";
import { toRpcError } from "./errors.ts";
import { type Found, isJudgedUnread, judgeAccess, seesKey, seesTemplate } from "./judge-access.ts";
import { setPermissions } from "./permissions.ts";

/** The one place where it is judged who may call what. */
export interface Access {
  /** Judges as much as can be before the request is read; whoever has no role at all comes no further. */
  readonly gate: (context: HandlerContext) => void;
  /** Judges the rest, by what the request is about, before its handler is called. */
  readonly interceptor: Interceptor;
}

interface Sources {
  readonly logs: DecisionLogs;
  readonly readTemplate: (name: string, signal: AbortSignal) => Promise<TemplateLog | undefined>;
  readonly approverKeys: ApproverKeys;
}

/** How many of somebody's groups a refusal names. */
const MAX_TOLD = 8;

const NOTHING = { kind: "nothing" } as const;
const MISSING = { kind: "missing" } as const;

export function createAccess(ports: Sources & { readonly authorization: Authorization }): Access {
  const { authorization } = ports;

  return {
    gate({ method, values, signal }) {
      const rule = ruleFor(method);
      if (rule === "open") return;
      try {
        if (rule === undefined) throw new Refused("PERMISSION_DENIED", `Nobody may call ${method.name}.`);
        const { actor } = identityOf(values);
        const grants = grantsIn(values);
        if (isJudgedUnread(rule) || (grants !== "everything" && grants.length === 0)) {
          if (judgeAccess(rule, actor, grants, NOTHING) !== "allowed") throw denied(rule, method, values);
        }
        admit(values, () => undefined);
      } catch (error) {
        throw toRpcError(error, signal);
      }
    },

    interceptor: (next) => async (request) => {
      const { method, contextValues, signal } = request;
      const rule = ruleFor(method);
      if (rule === "open") return await next(request);
      if (!request.stream) {
        await judge(method, rule, request.message, contextValues, signal);
        return await next(request);
      }
      return await next({ ...request, message: judged(request.message) });

      async function* judged(messages: AsyncIterable<Message>): AsyncIterable<Message> {
        for await (const message of messages) {
          await judge(method, rule as Rule | undefined, message, contextValues, signal);
          yield message;
        }
      }
    },
  };

  async function judge(
    method: DescMethod,
    ruleOfMethod: Rule | undefined,
    message: Message,
    values: ContextValues,
    signal: AbortSignal,
  ): Promise<void> {
    if (ruleOfMethod === undefined) throw new Refused("PERMISSION_DENIED", `Nobody may call ${method.name}.`);
    const rule = ruleOfRequest(ruleOfMethod, message);
    const isOpen = grantsIn(values) === "everything";
    const found = isOpen ? NOTHING : await find(rule, message, grantsIn(values), signal);
    const permit = () => {
      const grants = grantsIn(values);
      // Roles came into force while the call went on: by what it is about nobody has looked.
      if (isOpen && grants !== "everything" && !isJudgedUnread(rule)) throw denied(rule, method, values);
      const access = judgeAccess(rule, identityOf(values).actor, grants, found);
      if (access === "allowed") return;
      if (access === "denied") throw denied(rule, method, values);
      if (found.kind !== "missing") markHidden(values);
      throw notFound(rule, message);
    };
    permit();
    admit(values, permit);
  }

  /** Looks up what a request is about, as far as its rule asks. */
  async function find(rule: Rule, message: Message, grants: Grants, signal: AbortSignal): Promise<Found> {
    try {
      switch (rule.of) {
        case "decision":
          return await findDecision((message as Message & { readonly decisionId: string }).decisionId, signal);
        case "new decision": {
          const { labels, adapterId } = newDecisionIn(message);
          return { kind: "scoped", labels, adapters: adapterId === "" ? [] : [adapterId] };
        }
        case "template": {
          const { name } = message as Message & { readonly name: string };
          const log = await ports.readTemplate(name, signal);
          return log === undefined ? MISSING : { kind: "scoped", ...scopedOf(log.template) };
        }
        case "new template": {
          const { matchLabels, policy } = message as CreateTemplateRequest;
          return { kind: "scoped", labels: matchLabels, adapters: policy?.allowedAdapters ?? [] };
        }
        case "key": {
          const { keyId } = message as RevokeApproverKeyRequest;
          const { registry } = await ports.approverKeys.load(signal);
          const key = registry.keys.get(keyId as Digest);
          return key === undefined ? MISSING : { kind: "key", approver: key.approver };
        }
        default:
          return NOTHING;
      }
    } catch (error) {
      // What is damaged says by that alone that it exists: only those are told who may know of everything.
      const isTold =
        grants === "everything" || grants.some(({ role, scope }) => rule.roles.includes(role) && isBoundless(scope));
      if (error instanceof Refused && error.reason === "STORED_LOG_CORRUPT" && !isTold) return MISSING;
      throw error;
    }
  }

  async function findDecision(decisionId: string, signal: AbortSignal): Promise<Found> {
    const log = await ports.logs.load(decisionId as DecisionId, signal);
    if (log === undefined) return MISSING;
    const { requester, created, phase } = log.decision;
    const adapterId = gateOf(phase)?.gate.adapterId ?? created.adapterId;
    return { kind: "decision", requester, labels: created.labels, adapterId };
  }

  function admit(values: ContextValues, permit: () => void): void {
    const actor = () => identityOf(values).actor;
    setPermissions(values, {
      permit,
      sight: () => {
        const grants = grantsIn(values);
        return grants === "everything" ? grants : sightOf(actor(), grants);
      },
      seesTemplate: (template) => {
        const { roles } = ACCESS["nexus.attest.v1.TemplateService"].listTemplates;
        return seesTemplate(roles, grantsIn(values), scopedOf(template));
      },
      seesKey: (approver) => seesKey(actor(), grantsIn(values), approver),
    });
  }

  function grantsIn(values: ContextValues): Grants {
    return authorization.grantsOf(identityOf(values));
  }

  function denied(rule: Rule, { name }: DescMethod, values: ContextValues): Refused {
    const { actor, groups } = identityOf(values);
    const grants = grantsIn(values);
    if (grants !== "everything" && grants.length === 0)
      return new Refused(
        "PERMISSION_DENIED",
        `${actor.id}, ${inGroups(groups)}, has no role here: authorization in the server's configuration says who may do what.`,
      );
    return new Refused("PERMISSION_DENIED", `${actor.id} may not call ${name}: it takes ${neededFor(rule)}.`);
  }
}

/** Somebody whose roles come by a group has to see which ones have arrived. */
function inGroups(groups: readonly string[]): string {
  if (groups.length === 0) return "in no group";
  const more = groups.length > MAX_TOLD ? ` and ${groups.length - MAX_TOLD} more` : "";
  return `in the ${groups.length === 1 ? "group" : "groups"} ${groups.slice(0, MAX_TOLD).join(", ")}${more}`;
}

/** What a request asks for beyond its RPC takes other roles. */
function ruleOfRequest(rule: Rule, message: Message): Rule {
  const { breakGlassReason = "" } = message as Message & Partial<Pick<ExecuteDecisionRequest, "breakGlassReason">>;
  if (rule.of !== "decision" || rule.breakGlass === undefined || breakGlassReason === "") return rule;
  return { ...rule, roles: rule.breakGlass };
}

/** The new decision that a request is about. */
function newDecisionIn(message: Message): Pick<CreateDecisionRequest, "labels" | "adapterId"> {
  const { request } = message as Message & Partial<ExplainDecisionRequest>;
  return request ?? (message as CreateDecisionRequest);
}

function neededFor(rule: Rule): string {
  const roles = rule.roles.length === 0 ? "" : `the role ${rule.roles.join(" or ")}`;
  const own = "own" in rule && rule.own ? (rule.of === "key" ? "to be its approver" : "to have requested it") : "";
  const scope = {
    decision: ", for labels and an adapter that it has",
    "new decision": ", for labels and an adapter that it is given",
    "new template": ", for match labels and adapters that it is given",
    "whole server": ", without a scope",
    key: ", without a scope",
  };
  const suffix = roles === "" ? "" : (scope as Readonly<Partial<Record<Rule["of"], string>>>)[rule.of];
  return [own, `${roles}${suffix ?? ""}`].filter((part) => part !== "").join(", or ");
}

/** To the letter what the handler says of what does not exist. */
function notFound(rule: Rule, message: Message): Refused {
  const request = message as Message & { readonly decisionId: string; readonly name: string; readonly keyId: string };
  if (rule.of === "template") return noSuchTemplate(request.name);
  return rule.of === "key" ? noSuchKey(request.keyId) : noSuchDecision(request.decisionId as DecisionId);
}

export function noSuchTemplate(name: string): Refused {
  return new Refused("TEMPLATE_NOT_FOUND", `There is no template ${name}.`);
}

export function noSuchKey(keyId: string): Refused {
  return new Refused("APPROVER_KEY_NOT_FOUND", `No key ${keyId} is enrolled.`);
}

function scopedOf({ matchLabels, policy }: Template) {
  return { labels: matchLabels, adapters: policy.allowedAdapters };
}
