import type { Loose } from "../forgeries/forger.ts";
import type { Attempt } from "./attempt.ts";
import { AT, another, refitTemplate, setRunBundle } from "./genuine.ts";

const policyIn = (events: Loose[]): Loose => events[1].policyAttached.policy;

const ALL_SIGN = "whoever has the key of everybody who signs is everybody";

/** What is tried with who approved, and what. */
export const ON_PEOPLE: readonly Attempt[] = [
  {
    column: "swap an approver",
    what: "somebody who gave none in place of one who approved",
    log: (_, events) => (events[AT.frank].actor.id = "heidi@example.com"),
  },
  {
    column: "swap an approver",
    what: "a program of the same name in place of a person",
    log: (given, events) => {
      events[AT.frank].actor.type = "ACTOR_TYPE_SYSTEM";
      delete policyIn(events).humansOnly;
      refitTemplate(given);
    },
  },
  {
    column: "swap an approver",
    what: "an approver is said to be of another group",
    log: (_, events) => (events[AT.frank].approvalGranted.groups = ["operations", "security"]),
    why: "groups are what authentication says of an approver: no approver signs their own",
  },
  {
    column: "move an expiry",
    what: "an approval that had expired lasts longer",
    log: (_, events) => (events[AT.carol].approvalGranted.expiresAt = "2026-11-25T12:00:00Z"),
    why: "approvers sign how long their approvals last, and their keys are held too",
  },
  {
    column: "move an expiry",
    what: "the gate was passed before the approval expired",
    log: (_, events) => {
      for (const seq of [AT.gate, AT.start, AT.outcome])
        events[seq].occurredAt = events[seq].occurredAt.replace("10:30:0", "10:29:0");
    },
    why: "times are the server's word; the router signs which approvals its request named, not when",
  },
  {
    column: "change the plan",
    what: "other arguments of a step",
    log: (_, events) => {
      const [step] = events[0].decisionCreated.plan.steps;
      step.call.argumentsJson = step.call.argumentsJson.replace("250", "999");
    },
    why: ALL_SIGN,
  },
  {
    column: "change the plan",
    what: "another adapter carried it out",
    log: (_, events) => (events[AT.gate].executionRequested.adapterId = "files-standby"),
    why: "the policy allows both adapters, and which one it was only the router signs",
  },
  {
    column: "change the plan",
    what: "another policy, by which one approval is enough",
    log: (given, events) => {
      Object.assign(policyIn(events), { minApprovals: 1 });
      delete policyIn(events).groups;
      refitTemplate(given);
      // Of the others not even that they were asked.
      for (const seq of [AT.graceRevokes, AT.grace, AT.erin, AT.revocation, AT.dave, AT.carol]) events.splice(seq, 1);
    },
    why: "the one who approved says yes to that policy; whether a policy is strict enough is no question to a verifier",
  },
  {
    column: "splice two decisions",
    what: "the approvals of another decision, for another goal",
    log: (_, events) => {
      events[0].decisionCreated.goal = "raise the limit without end";
      for (const [seq, event] of another().controlBundle.events.entries())
        if (event.approvalGranted !== undefined)
          events[seq].approvalGranted.signature = event.approvalGranted.signature;
    },
    why: ALL_SIGN,
  },
  {
    column: "splice two decisions",
    what: "the run of another decision",
    log: (given, events) => {
      const { router, controlBundle } = another();
      given.router = router;
      events[AT.outcome].executionCompleted = controlBundle.events[AT.outcome].executionCompleted;
    },
    why: "a router's key signs any run",
  },
  {
    column: "replay as another",
    what: "under the id of another decision",
    log: ({ controlBundle }) => (controlBundle.decisionId = "f".repeat(32)),
    why: ALL_SIGN,
  },
  {
    column: "replay as another",
    what: "the very file, for whoever asked for another decision",
    file: () => undefined,
    why: "the report names the decision; whoever asked for another has to compare",
  },
  {
    column: "swap the run",
    what: "another record of the run",
    log: (given, events) => {
      events[AT.outcome].executionCompleted.runId = "run-0002";
      setRunBundle(given, '{"run_id":"run-0002","steps":["config","check","backdoor"]}');
    },
    why: "the router's key is what vouches for its record",
  },
  {
    column: "swap the run",
    what: "a success recorded as a failure",
    log: (_, events) => {
      const { executionCompleted, ...event } = events[AT.outcome];
      events[AT.outcome] = { ...event, executionFailed: { ...executionCompleted, code: "STEP_FAILED" } };
    },
    why: "the router's key is what vouches for how a run ended",
  },
  {
    column: "swap the run",
    what: "only the bytes of the record",
    around: ({ router }) => (router.runBundle = "e30="),
  },
];
