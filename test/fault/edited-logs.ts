import type { DatabaseSync } from "node:sqlite";
import { decodeEvent } from "../../src/codec/stored-event.ts";
import type { DecisionEvent, EventBody } from "../../src/domain/event.ts";
import { seal } from "../../src/evidence/chain.ts";
import { decisionIdOf } from "../../src/evidence/decision-id.ts";
import { digestOf } from "../../src/evidence/digest.ts";
import { bodyOf, forge, insert, rewrite, rowsOf, type StoreEdit, sql } from "./store-edits.ts";

const APPROVED_BY = (id: string, database: DatabaseSync, decisionId: string) => () => ({
  actor: { type: "HUMAN", id } as const,
  body: bodyOf(database, decisionId, 2),
});

/** Logs that say something else than a server wrote, and logs that are in good order and break a rule. */
export const EDITED_LOGS: readonly StoreEdit[] = [
  {
    what: "the type beside an event is another",
    of: "pending",
    edit: sql(({ pending }) => `UPDATE events SET type = 'APPROVAL_REVOKED' WHERE ${rowsOf(pending)} AND revision = 2`),
    found: [["LOG", 2, /stored as APPROVAL_REVOKED, but its body is of another type/]],
  },
  {
    what: "the id beside an event is another",
    of: "pending",
    edit: sql(({ pending }) => `UPDATE events SET id = 'x' WHERE ${rowsOf(pending)} AND revision = 2`),
    found: [["LOG", 2, /stored under the id x/]],
  },
  {
    what: "the digest beside an event is gone",
    of: "pending",
    edit: sql(({ pending }) => `UPDATE events SET metadata = NULL WHERE ${rowsOf(pending)} AND revision = 2`),
    found: [["LOG", 2, /the digest that belongs beside it is gone/]],
  },
  {
    what: "the digest beside an event is another",
    of: "pending",
    edit: sql(
      ({ pending }) =>
        `UPDATE events SET metadata = replace(metadata, 'sha256:', 'sha256:0') WHERE ${rowsOf(pending)} AND revision = 2`,
    ),
    found: [["LOG", 2, /does not have the digest that was stored beside it/]],
  },
  {
    what: "there is something behind an event's text",
    of: "pending",
    edit: (database, { pending }) => rewrite(database, pending, 2, (text) => `${text} {}`),
    found: [["LOG", 2, /not JSON/]],
  },
  {
    what: "there is something behind an event's text that most programs do not show",
    of: "pending",
    edit: (database, { pending }) => rewrite(database, pending, 2, (text) => `${text}\0{}`),
    found: [["LOG", 2, /not JSON/]],
  },
  {
    what: "an event's text is not canonical",
    of: "pending",
    edit: (database, { pending }) => rewrite(database, pending, 2, (text) => text.replace(":", ": ")),
    found: [["LOG", 2, /not in canonical form/]],
  },
  {
    what: "an event says a thing twice, of which only the second counts",
    of: "pending",
    edit: (database, { pending }) => rewrite(database, pending, 2, (text) => text.replace("{", '{"seq":7,')),
    found: [["LOG", 2, /not in canonical form/]],
  },
  {
    what: "an event holds a field that nobody knows",
    of: "pending",
    edit: (database, { pending }) => rewrite(database, pending, 2, (text) => text.replace(/}$/, ',"zz":1}')),
    found: [["LOG", 2, /zz/]],
  },
  {
    what: "an event has been written anew, with its digest, and the next one names the old one",
    of: "executed",
    edit: (database, { executed }) => rewrite(database, executed, 2, (text) => text.replace("carol", "karol")),
    found: [["LOG", 3, /previous_digest is not the digest of the event before/]],
  },
  {
    what: "an event is larger than any that a server writes",
    of: "pending",
    edit: (database, { pending }) =>
      forge(database, pending, (last) => ({
        actor: { type: "HUMAN", id: "erin" },
        body: { ...last.body, comment: "x".repeat(300_000), expiresAt: undefined } as EventBody,
      })),
    found: [["LOG", 3, /it has 300\d\d\d bytes; an event has 262144 at most/]],
  },
  {
    what: "a decision has an id that its first event does not give it",
    edit: (database) => {
      const decisionId = decisionIdOf({ type: "HUMAN", id: "somebody else" }, "r");
      database.prepare("INSERT INTO streams (name, revision) VALUES (?, 0)").run(`decision-${decisionId}`);
      const { id } = database.prepare("SELECT max(id) AS id FROM streams").get() as { readonly id: number };
      const first = database.prepare("SELECT data FROM events WHERE position = 1").get();
      const event = decodeEvent(String(first?.["data"]));
      insert(database, id, { ...event, decisionId });
    },
    found: [["RULE", 0, /^decision_id: .*expected \w{32}, found \w{32}/]],
  },
  {
    what: "the requester's own approval has been added, in good order",
    of: "pending",
    edit: (database, { pending }) => forge(database, pending, APPROVED_BY("bob", database, pending)),
    found: [["RULE", 3, /^approvals_valid: .*SELF_APPROVAL/]],
  },
  {
    what: "an approval has been given to something else",
    of: "pending",
    edit: (database, { pending, approved }) =>
      forge(database, pending, () => ({
        actor: { type: "HUMAN", id: "erin" },
        body: bodyOf(database, approved, 2),
      })),
    found: [["RULE", 3, /^request_digest: .*expected sha256:/]],
  },
  {
    what: "the gate has been passed by one approval where two are wanted",
    of: "pending",
    edit: (database, { pending, executed }) =>
      forge(database, pending, () => ({ actor: { type: "HUMAN", id: "bob" }, body: bodyOf(database, executed, 4) })),
    found: [
      ["RULE", 3, /^quorum_at_gate: 1 missing \(expected 2 approvals, found 1 approvals\)/],
      ["RULE", 3, /^approvals_relied_on: /],
      ["RULE", 3, /^router_request_digest: /],
    ],
  },
  {
    what: "the gate names another policy, and another mode",
    of: "approved",
    edit: (database, { approved, executed }) =>
      forge(database, approved, () => ({
        actor: { type: "HUMAN", id: "bob" },
        body: { ...bodyOf(database, executed, 4), policyDigest: digestOf("x"), mode: "DRY_RUN" } as EventBody,
      })),
    found: [
      ["RULE", 4, /^policy_digest: /],
      ["RULE", 4, /^gate_conditions: executionRequested.mode \(expected APPLY, found DRY_RUN\)/],
      ["RULE", 4, /^approvals_relied_on: /],
      ["RULE", 4, /^router_request_digest: /],
    ],
  },
  {
    what: "an event's own id stands twice",
    of: "pending",
    edit: (database, { pending }) =>
      forge(database, pending, (last) => ({ eventId: last.eventId, ...APPROVED_BY("erin", database, pending)() })),
    found: [["RULE", 3, /^event_sequence: events\[3\]\.eventId stands more than once/]],
  },
  {
    what: "a policy wants nobody's approval",
    edit: (database) => {
      const actor = { type: "HUMAN", id: "bob" } as const;
      const decisionId = decisionIdOf(actor, "nobody");
      database.prepare("INSERT INTO streams (name, revision) VALUES (?, 1)").run(`decision-${decisionId}`);
      const { id } = database.prepare("SELECT max(id) AS id FROM streams").get() as { readonly id: number };
      const [first, second] = [1, 2].map((position) =>
        decodeEvent(String(database.prepare("SELECT data FROM events WHERE position = ?").get(position)?.["data"])),
      ) as [DecisionEvent, DecisionEvent];
      const created: DecisionEvent = { ...first, decisionId, requestId: "nobody", actor };
      insert(database, id, created);
      const body = { ...second.body, policy: { ...(second.body as { policy: object }).policy, minApprovals: 0 } };
      insert(database, id, { ...second, decisionId, previousDigest: seal(created).digest, body: body as EventBody });
    },
    found: [["RULE", 1, /^event_schema: policy.minApprovals is not from 1 to 100/]],
  },
];
