import type { RecordedEvent } from "../../../src/domain/event.ts";
import type { Decision } from "../../../src/domain/state.ts";
import { buildAuditPackage } from "../../../src/evidence/build-audit-package.ts";
import { BrokenLog, takeUp } from "../../../src/evidence/chain.ts";
import { takeUpTemplate } from "../../../src/evidence/template-log.ts";
import type { SigningKey } from "../../support/signing-key.ts";
import { canonical, type Loose, rebind, sha256 } from "../forgeries/forger.ts";
import type { Adversary } from "./adversaries.ts";
import type { Attempt } from "./attempt.ts";
import { genuine, refitTemplate } from "./genuine.ts";
import { APPROVERS, MALLORY, ROUTER, SERVER } from "./keys.ts";
import { type Hands, seal, signPackage } from "./seal.ts";

type Unheld = "kept" | "left out";

/** All that this adversary can make of an attempt: with signatures that they cannot make kept or left out, whichever a verifier minds less. */
export function forgeries(attempt: Attempt, adversary: Adversary): readonly string[] {
  const made = new Set<string>();
  for (const approvals of choices(attempt, "approvers", adversary.approverKeys === "all"))
    for (const run of choices(attempt, "router", adversary.routerKey === true)) {
      const { given, hands } = changed(attempt, adversary, { approvals, run });
      for (const server of choices(attempt, "server", adversary.serverKey === true))
        made.add(around(attempt, given, { ...hands, package: server === "kept" ? serverHand(adversary) : server }));
      if (adversary.database === true && attempt.without !== "server") {
        const exported = byTheServer(given);
        if (exported !== undefined) made.add(afterwards(attempt, JSON.parse(exported), adversary));
      }
    }
  return [...made];
}

/** What can be done about a signature: nothing is left to choose where they have the key, or where the attempt is
 * about the file as it is, or to do without. */
function choices(attempt: Attempt, of: Attempt["without"], isHeld: boolean): readonly Unheld[] {
  if (attempt.without === of) return ["left out"];
  return isHeld || attempt.file !== undefined ? ["kept"] : ["kept", "left out"];
}

function serverHand({ serverKey }: Adversary): SigningKey | "kept" {
  return serverKey === true ? SERVER : "kept";
}

/** The log changed and made good, with what they hold. */
function changed(
  attempt: Attempt,
  { routerKey, approverKeys }: Adversary,
  { approvals, run }: { readonly approvals: Unheld; readonly run: Unheld },
): { readonly given: Loose; readonly hands: Hands } {
  const given = genuine();
  const events: Loose[] = given.controlBundle.events;
  const before = canonical(given.controlBundle);
  attempt.log?.(given, events);
  // Who leaves signatures out has to say that none were wanted.
  if (approvals === "left out") {
    delete events[1].policyAttached.policy.requireSignedApprovals;
    refitTemplate(given);
  }
  const held = approverKeys === "all" ? Object.keys(APPROVERS) : approverKeys === "one" ? ["frank@example.com"] : [];
  const isNew = (actorId: string) => APPROVERS[actorId] === undefined;
  const hands: Hands = {
    approval: (actorId) => {
      if (attempt.without === "approvers") return "left out";
      if (held.includes(actorId)) return APPROVERS[actorId] ?? "left out";
      if (approvals === "left out") return "left out";
      // Of somebody who never signed there is nothing to keep.
      return isNew(actorId) ? MALLORY : "kept";
    },
    run: run === "kept" && routerKey === true ? ROUTER : run,
    package: "kept",
  };
  if (canonical(given.controlBundle) !== before || run === "left out") seal(given, hands);
  return { given, hands };
}

/** What is around the log, made good; and then what is not. */
function around(attempt: Attempt, from: Loose, hands: Hands): string {
  const given = structuredClone(from);
  if (attempt.around !== undefined) {
    attempt.around(given);
    rebind(given);
  }
  signPackage(given, hands.package);
  attempt.file?.(given);
  return canonical(given);
}

/** A package that the server made of a log in its database: whatever is changed in it after that, it does not sign again. */
function afterwards(attempt: Attempt, exported: Loose, adversary: Adversary): string {
  return around(attempt, exported, {
    approval: () => "kept",
    run: "kept",
    package: attempt.around === undefined ? "kept" : serverHand(adversary),
  });
}

/** What an honest server exports if this log is in its database, by its own code; undefined if it refuses the log. */
function byTheServer(given: Loose): string | undefined {
  const recorded: RecordedEvent[] = [];
  try {
    let decision: Decision | undefined;
    for (const event of given.controlBundle.events) {
      const taken = takeUp(decision, canonical(event));
      decision = taken.decision;
      recorded.push(taken.recorded);
    }
    const template = takeUpTemplate(undefined, canonical(given.template)).recorded;
    const bundle = new Uint8Array(Buffer.from(given.router.runBundle, "base64"));
    // As the server does: a record of another digest than the recorded one is not given out.
    const last = given.controlBundle.events.at(-1);
    if (sha256(bundle) !== (last.executionCompleted ?? last.executionFailed)?.routerDigest) return undefined;
    const { json } = buildAuditPackage({ events: recorded, bundle, template, signer: SERVER.signer });
    return json;
  } catch (error) {
    if (error instanceof BrokenLog || error instanceof TypeError) return undefined;
    throw error;
  }
}
