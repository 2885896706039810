import { MAX_EVENTS } from "../domain/limits.ts";
import { checkOrigin } from "./check-origin.ts";
import { checkProvenance, checkRouterLink, checkTemplate } from "./check-sections.ts";
import { type ForeignEvent, readForeignEvent } from "./foreign-event.ts";
import { type ForeignDecision, replayForeign } from "./foreign-lifecycle.ts";
import { ForeignProblem } from "./foreign-problem.ts";
import type { JsonNode } from "./json-text.ts";
import type { OwnLog } from "./own-log.ts";
import { PYTHON_BUNDLE_VERSION, type PythonStatus } from "./python-format.ts";
import { nodeDigest } from "./python-json.ts";
import { digestOfField, expectSame, itemsOf, openShapeOf, type Shape, shapeOf, textOf, wordOf } from "./shape.ts";

/** A bundle of which everything holds that it says. */
export interface CheckedBundle {
  readonly decisionId: string;
  readonly status: PythonStatus;
  /** Without a prefix. */
  readonly digest: string;
  readonly events: readonly ForeignEvent[];
  readonly decision: ForeignDecision;
  readonly hasTemplate: boolean;
  /** The fields of the router link; undefined: it has none. */
  readonly routerLink: Shape | undefined;
  /** The log of ours that it was made of. */
  readonly own: OwnLog | undefined;
}

const CONTENT = ["bundle_version", "decision", "events", "template_snapshot", "router_link"] as const;
const STATUSES = ["DRAFT", "PENDING_APPROVAL", "APPROVED", "EXECUTING", "COMPLETED", "FAILED"] as const;

/**
 * Reads a bundle and recomputes everything in it.
 *
 * @param text the file that it stands in.
 * @throws {ForeignProblem} that names the first place where it does not hold.
 */
export function checkBundle(node: JsonNode | undefined, at: string, text: string): CheckedBundle {
  const bundle = shapeOf(node, at, [...CONTENT, "integrity", "provenance"], ["meta"]);
  wordOf(bundle, "bundle_version", [PYTHON_BUNDLE_VERSION]);
  const fields = ["decision_id", "goal", "mode", "created_at", "status"];
  const header = shapeOf(bundle.members.get("decision"), "decision", fields);
  const decisionId = textOf(header, "decision_id");
  if (decisionId === "") throw new ForeignProblem("decision.decision_id is empty.");
  const items = itemsOf(bundle, "events");
  if (items.length === 0 || items.length > MAX_EVENTS)
    throw new ForeignProblem(`A log has 1 to ${MAX_EVENTS} events; this one has ${items.length}.`);
  const events = items.map((item, seq) => readForeignEvent(item, seq, decisionId, text));
  const digest = checkDigest(bundle);
  checkProvenance(bundle, decisionId, digest, "nexus-attest-0.5");
  const isOurs = events.some(({ origin }) => origin !== undefined);
  const decision = replayForeign(events, isOurs);
  const status = checkHeader(header, decision, items[0]);
  const hasTemplate = checkTemplate(bundle, decision.policy);
  const routerLink = checkRouterLink(bundle, decisionId, decision);
  const own = isOurs ? checkOrigin(events, bundle, status) : undefined;
  return { decisionId, status, digest, events, decision, hasTemplate, routerLink, own };
}

/** The digest of everything but integrity, provenance and meta. */
function checkDigest({ members, at }: Shape): string {
  const content = new Map([...members].filter(([name]) => CONTENT.some((known) => known === name)));
  const digest = nodeDigest({ kind: "object", members: content, start: 0, end: 0 });
  const integrity = shapeOf(members.get("integrity"), `${at}.integrity`, ["alg", "canonical_digest"]);
  wordOf(integrity, "alg", ["sha256"]);
  expectSame(digest, digestOfField(integrity, "canonical_digest"), `${at}.integrity.canonical_digest`);
  return digest;
}

function checkHeader(header: Shape, { created, statuses }: ForeignDecision, first: JsonNode | undefined): PythonStatus {
  expectSame(created.goal, textOf(header, "goal"), "decision.goal");
  expectSame(created.mode, textOf(header, "mode"), "decision.mode");
  const firstTime = textOf(openShapeOf(first, "events[0]", ["ts"]), "ts");
  expectSame(firstTime, textOf(header, "created_at"), "decision.created_at");
  const status = wordOf(header, "status", STATUSES);
  if (!statuses.includes(status))
    throw new ForeignProblem(`decision.status is ${status}; by the events it is ${statuses.join(" or ")}.`);
  return status;
}
