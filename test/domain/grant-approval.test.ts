import { describe, test } from "vitest";
import type { Digest } from "../../src/domain/ids.ts";
import type { Policy } from "../../src/domain/policy.ts";
import { grant, policyBody } from "./commands.ts";
import { alice, at, attached, bob, carol, created, granted, minute, REQUEST, revoked, robot, WAY_TO } from "./facts.ts";
import { DECISION_ID, given, READABLE_DIGESTS } from "./given.ts";

const SHOWN = READABLE_DIGESTS.request(DECISION_ID, REQUEST, policyBody());

/** A decision under a policy, at minute 1. */
function under(policy: Partial<Policy>) {
  return given(created(), attached(policy));
}

function approvalUnder(policy: Partial<Policy>) {
  return {
    type: "APPROVAL_GRANTED",
    comment: "",
    expiresAt: undefined,
    requestDigest: READABLE_DIGESTS.request(DECISION_ID, REQUEST, policyBody(policy)),
    groups: [],
  } as const;
}

describe("approving", () => {
  test("records the words, the expiry, the groups in order, and what exactly was approved", () => {
    given(...WAY_TO.open)
      .when(bob, grant({ comment: "fine", expiresAt: minute(60) }), { groups: ["ops", "admins"] })
      .thenEvents({
        type: "APPROVAL_GRANTED",
        comment: "fine",
        expiresAt: minute(60),
        requestDigest: SHOWN,
        groups: ["admins", "ops"],
      });
  });

  test("needs a policy", () => {
    given(...WAY_TO.draft)
      .when(bob, grant())
      .thenRefused("NO_POLICY", "The decision is a draft: attach a policy first.");
  });

  test("is possible beyond the quorum", () => {
    given(...WAY_TO.approved)
      .when(robot, grant())
      .thenEvents(approvalUnder({}));
  });

  test("what was shown to the approver has to be what the decision asks for", () => {
    given(...WAY_TO.open)
      .when(bob, grant({ shownDigest: SHOWN }))
      .thenEvents(approvalUnder({}));
    given(...WAY_TO.open)
      .when(bob, grant({ shownDigest: "something else" as Digest }))
      .thenRefused(
        "REQUEST_DIGEST_MISMATCH",
        `What was shown to the approver (something else) is not what this decision asks for (${SHOWN}).`,
      );
  });
});

describe("once an actor", () => {
  const alreadyApproved = "bob has approved already (seq 2); revoke that approval first.";

  test("while the first approval stands", () => {
    given(created(), attached(), granted(bob)).when(bob, grant()).thenRefused("ALREADY_APPROVED", alreadyApproved);
  });

  test("an actor is its id, whatever its type", () => {
    given(created(), attached(), granted(bob))
      .when({ type: "SYSTEM", id: "bob" }, grant())
      .thenRefused("ALREADY_APPROVED", alreadyApproved);
  });

  test("to the last millisecond of its life, and not from the very instant of its expiry on", () => {
    const expiring = given(created(), attached(), granted(bob, { expiresAt: minute(30) }));
    expiring.when(bob, grant(), { at: minute(30) - 1 }).thenRefused("ALREADY_APPROVED", alreadyApproved);
    expiring.when(bob, grant(), { at: minute(30) }).thenEvents(approvalUnder({}));
  });

  test("after it was revoked the actor may approve again", () => {
    given(created(), attached(), granted(bob), revoked(bob)).when(bob, grant()).thenEvents(approvalUnder({}));
  });

  test("an approval that expired and was given anew stands again", () => {
    given(created(), attached(), granted(bob, { expiresAt: minute(10) }), at(minute(20), granted(bob)))
      .when(bob, grant())
      .thenRefused("ALREADY_APPROVED", "bob has approved already (seq 3); revoke that approval first.");
  });
});

describe("the expiry", () => {
  test("has to be in the future by a millisecond", () => {
    const open = given(...WAY_TO.open);
    for (const expiresAt of [minute(30) - 1, minute(30)])
      open
        .when(bob, grant({ expiresAt }), { at: minute(30) })
        .thenRefused("EXPIRY_NOT_IN_FUTURE", "expires_at is not in the future: it is 2026-01-05T09:30:00.000Z here.");
    open
      .when(bob, grant({ expiresAt: minute(30) + 1 }), { at: minute(30) })
      .thenEvents({ ...approvalUnder({}), expiresAt: minute(30) + 1 });
  });

  test("is the longest that the policy allows if nobody names one", () => {
    const policy = { maxApprovalLifetimeSeconds: 600 };
    under(policy)
      .when(bob, grant(), { at: minute(5) })
      .thenEvents({ ...approvalUnder(policy), expiresAt: minute(15) });
  });

  test("can be as late as the policy allows, and not a millisecond later", () => {
    const policy = { maxApprovalLifetimeSeconds: 600 };
    under(policy)
      .when(bob, grant({ expiresAt: minute(15) }), { at: minute(5) })
      .thenEvents({ ...approvalUnder(policy), expiresAt: minute(15) });
    under(policy)
      .when(bob, grant({ expiresAt: minute(15) + 1 }), { at: minute(5) })
      .thenRefused("APPROVAL_LIFETIME_TOO_LONG", "The policy lets an approval live 600 seconds at most.");
  });
});

describe("who may approve", () => {
  const selfApproval = "alice requested this decision; the policy does not allow self-approval.";

  test("the requester only if the policy says so", () => {
    under({}).when(alice, grant()).thenRefused("SELF_APPROVAL", selfApproval);
    under({ allowSelfApproval: true })
      .when(alice, grant())
      .thenEvents(approvalUnder({ allowSelfApproval: true }));
  });

  test("the requester's id under another type is still the requester", () => {
    under({}).when({ type: "SYSTEM", id: "alice" }, grant()).thenRefused("SELF_APPROVAL", selfApproval);
  });

  test("whoever attaches the policy is not the requester", () => {
    given(created(), { ...attached(), actor: bob })
      .when(bob, grant())
      .thenEvents(approvalUnder({}));
  });

  test("systems, unless the policy wants people", () => {
    under({}).when(robot, grant()).thenEvents(approvalUnder({}));
    under({ humansOnly: true })
      .when(robot, grant())
      .thenRefused("HUMAN_REQUIRED", "The policy wants people as approvers; robot is a system.");
    under({ humansOnly: true })
      .when(carol, grant())
      .thenEvents(approvalUnder({ humansOnly: true }));
  });
});

test.each(["", " ", "\t\r\n", "\u00a0\u2003\ufeff"])(
  "a comment of white space alone (%j) is no comment where the policy wants one",
  (comment) => {
    const policy = { requireComment: true };
    under(policy)
      .when(bob, grant({ comment }))
      .thenRefused("COMMENT_REQUIRED", "The policy wants a comment on every approval.");
    under(policy)
      .when(bob, grant({ comment: `${comment}ok` }))
      .thenEvents({ ...approvalUnder(policy), comment: `${comment}ok` });
    under({})
      .when(bob, grant({ comment }))
      .thenEvents({ ...approvalUnder({}), comment });
  },
);

test("an approval that is not signed is refused where the policy wants signed ones", () => {
  under({ requireSignedApprovals: true })
    .when(bob, grant())
    .thenRefused("SIGNATURE_REQUIRED", "The policy wants every approval signed by a key of the approver's own.");
});
