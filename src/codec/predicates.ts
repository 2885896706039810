import { create, type DescMessage, type MessageInitShape, toJson } from "@bufbuild/protobuf";
import {
  ApprovalPredicateSchema,
  AuditPackagePredicateSchema,
  DecisionBundlePredicateSchema,
  RunPredicateSchema,
} from "../../gen/ts/nexus/attest/v1/statement_pb.ts";
import type { Actor } from "../domain/actor.ts";
import type { DecisionId, Digest, Instant } from "../domain/ids.ts";
import { toWireActor } from "./actor.ts";
import type { Json } from "./canonical-json.ts";
import { RUN_STATES } from "./enums.ts";
import { toTimestamp } from "./timestamp.ts";

/** What a server says of an audit package. Digests are texts where they are those of a package as given, which need not hold any. */
export interface AuditPackagePredicate {
  readonly decisionId: string;
  readonly packageVersion: string;
  readonly controlDigest: string;
  readonly routerDigest: string;
  readonly linkDigest: string;
  /** Empty in a package without a template. */
  readonly templateDigest: string;
}

/** What a server says of a decision's log. */
export interface DecisionBundlePredicate {
  readonly decisionId: string;
  readonly bundleVersion: string;
  readonly controlDigest: string;
  readonly headSeq: number;
  /** Empty in a bundle without a template. */
  readonly templateDigest: string;
}

/** What an approver says. */
export interface ApprovalPredicate {
  readonly decisionId: DecisionId;
  readonly requestDigest: Digest;
  readonly policyDigest: Digest;
  readonly headDigest: Digest;
  readonly approver: Actor;
  readonly comment: string;
  readonly expiresAt: Instant | undefined;
}

/** What a router says of a run that has ended. */
export interface RunPredicate {
  readonly decisionId: DecisionId;
  readonly adapterId: string;
  readonly runId: string;
  readonly routerRequestDigest: Digest;
  readonly state: "SUCCEEDED" | "FAILED";
  readonly stepsExecuted: number;
}

export function auditPackagePredicate(predicate: AuditPackagePredicate): Json {
  return json(AuditPackagePredicateSchema, predicate);
}

export function decisionBundlePredicate(predicate: DecisionBundlePredicate): Json {
  return json(DecisionBundlePredicateSchema, predicate);
}

export function approvalPredicate({ approver, expiresAt, ...texts }: ApprovalPredicate): Json {
  const expiry = expiresAt === undefined ? {} : { expiresAt: toTimestamp(expiresAt) };
  return json(ApprovalPredicateSchema, { ...texts, approver: toWireActor(approver), ...expiry });
}

export function runPredicate({ state, ...facts }: RunPredicate): Json {
  return json(RunPredicateSchema, { ...facts, state: RUN_STATES[state] });
}

/** As ProtoJSON. */
function json<Desc extends DescMessage>(schema: Desc, predicate: MessageInitShape<Desc>): Json {
  return toJson(schema, create(schema, predicate)) as Json;
}
