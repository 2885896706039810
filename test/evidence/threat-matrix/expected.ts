import type { AdversaryName } from "./adversaries.ts";

/** How an attempt ends for some adversaries: with nobody believed, the server alone, and everybody, checks required. */
export interface Row {
  readonly who: readonly AdversaryName[] | "anybody";
  readonly endings: readonly [nobody: string, server: string, everybody: string];
}

/** What each attempt has to end in, by its name. It is what docs/threat-model.md promises: whoever changes a line here changes what the product is good for. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  "change an event: somebody else asked": [
    "the file only; one approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures, router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures",
    "every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "change an event: an approver said something else": [
    "the file only; one approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures, router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures",
    "every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "change an event: another server started the run, later": [
    "the file only; one approver's key; the router's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature",
    "the database; the server's key; database + server's key; database + one approver's key; database + router's key; server's key + one approver's key; database + server's key + router's key; server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "drop an event: an approval that was taken back, before others approved": [
    "the file only; one approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures, router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures",
    "every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "drop an event: an approval that was taken back last, and the approval with it": [
    "the file only; one approver's key; the router's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature",
    "the database; the server's key; database + server's key; database + one approver's key; database + router's key; server's key + one approver's key; database + server's key + router's key; server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "drop an event: the taking back of the last approval, so that it counts": [
    "the file only; one approver's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "drop an event: an approval that counted": [
    "anybody | BROKEN: quorum_at_gate | BROKEN: quorum_at_gate | BROKEN: quorum_at_gate",
  ],
  "add an event: the approval of somebody who gave none": [
    "the file only; one approver's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures, router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures",
  ],
  "add an event: the approval again of somebody who took it back": [
    "the file only; one approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures, router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures",
    "every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "add an event: an approval taken back that nobody took back": [
    "the file only; one approver's key; the router's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature",
    "the database; the server's key; database + server's key; database + one approver's key; database + router's key; server's key + one approver's key; database + server's key + router's key; server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "add an event: one behind the end": ["anybody | BROKEN: replay | BROKEN: replay | BROKEN: replay"],
  "reorder events: two approvals that counted": [
    "the file only; one approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures, router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures",
    "every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "reorder events: the gate before an approval that it relied on": [
    "anybody | BROKEN: replay | BROKEN: replay | BROKEN: replay",
  ],
  "truncate the log: the outcome is gone": ["anybody | BROKEN: outcome | BROKEN: outcome | BROKEN: outcome"],
  "truncate the log: all is gone from the gate on": ["anybody | BROKEN: outcome | BROKEN: outcome | BROKEN: outcome"],
  "swap an approver: somebody who gave none in place of one who approved": [
    "the file only; one approver's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures, router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures",
  ],
  "swap an approver: a program of the same name in place of a person": [
    "the file only; one approver's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures, router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures",
  ],
  "swap an approver: an approver is said to be of another group": [
    "the file only; one approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures, router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures",
    "every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "move an expiry: an approval that had expired lasts longer": [
    "the file only; one approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures, router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures",
    "every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "move an expiry: the gate was passed before the approval expired": [
    "the file only; one approver's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "change the plan: other arguments of a step": [
    "the file only; one approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures, router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures",
    "every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "change the plan: another adapter carried it out": [
    "the file only; one approver's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "change the plan: another policy, by which one approval is enough": [
    "the file only | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures, router_signature",
    "the database; the server's key; database + server's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures, router_signature",
    "one approver's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures",
    "database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: router_signature",
    "database + router's key; database + server's key + router's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures",
    "server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "swap the run: another record of the run": [
    "the file only; one approver's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "swap the run: a success recorded as a failure": [
    "the file only; one approver's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "swap the run: only the bytes of the record": [
    "anybody | BROKEN: run_bundle | BROKEN: run_bundle | BROKEN: run_bundle",
  ],
  "splice two decisions: the approvals of another decision, for another goal": [
    "the file only; one approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures, router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures",
    "every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "splice two decisions: the run of another decision": [
    "the file only; one approver's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "replay as another: under the id of another decision": [
    "the file only; one approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures, router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures, router_signature",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, approver_signatures",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: approver_signatures",
    "every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature",
    "every key | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "replay as another: the very file, for whoever asked for another decision": [
    "anybody | CONSISTENT | AUTHENTIC | AUTHENTIC",
  ],
  "downgrade the version: of the package": ["anybody | BROKEN: format | BROKEN: format | BROKEN: format"],
  "downgrade the version: of the control bundle": ["anybody | BROKEN: format | BROKEN: format | BROKEN: format"],
  "strip a signature: the server's": ["anybody | CONSISTENT | CONSISTENT | BROKEN: no server_signature"],
  "strip a signature: the approvers', and the policy that wanted them": [
    "the file only; one approver's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, router_signature, no approver_signatures",
    "the database; the server's key; database + server's key; database + one approver's key; server's key + one approver's key | CONSISTENT | AUTHENTIC | BROKEN: router_signature, no approver_signatures",
    "the router's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, no approver_signatures",
    "database + router's key; database + server's key + router's key; server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | BROKEN: no approver_signatures",
  ],
  "strip a signature: the router's": [
    "the file only; one approver's key; the router's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, no router_signature",
    "the database; the server's key; database + server's key; database + one approver's key; database + router's key; server's key + one approver's key; database + server's key + router's key; server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | BROKEN: no router_signature",
  ],
  "strip a signature: the server's, for one by a key of the forger's own": [
    "anybody | CONSISTENT | BROKEN: server_signature | BROKEN: server_signature",
  ],
  "strip a signature: the server's, for its signature of another package": [
    "anybody | BROKEN: server_signature | BROKEN: server_signature | BROKEN: server_signature",
  ],
  "add or take something: a field that no verifier knows": [
    "anybody | CONSISTENT | CONSISTENT | BROKEN: no unknown_fields",
  ],
  "add or take something: another template in place of the one that was used": [
    "anybody | BROKEN: template | BROKEN: template | BROKEN: template",
  ],
  "add or take something: the template is gone": [
    "the file only; the database; one approver's key; the router's key; database + one approver's key; database + router's key; every approver's key | CONSISTENT | CONSISTENT | BROKEN: server_signature, no template",
    "the server's key; database + server's key; server's key + one approver's key; database + server's key + router's key; server's key + router's key + one approver's key; every key | CONSISTENT | AUTHENTIC | BROKEN: no template",
  ],
  "add or take something: a second signature beside the server's": [
    "anybody | BROKEN: server_signature | BROKEN: server_signature | BROKEN: server_signature",
  ],
  "add or take something: another key id on the server's signature": [
    "anybody | CONSISTENT | BROKEN: server_signature | BROKEN: server_signature",
  ],
};

export const EXPECTED: Readonly<Record<string, readonly Row[]>> = Object.fromEntries(
  Object.entries(TABLE).map(([name, rows]) => [name, rows.map(rowOf)]),
);

function rowOf(text: string): Row {
  const [who = "", nobody = "", server = "", everybody = ""] = text.split(" | ");
  return {
    who: who === "anybody" ? who : (who.split("; ") as AdversaryName[]),
    endings: [nobody, server, everybody],
  };
}
