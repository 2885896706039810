import { describe, test } from "vitest";
import { revoke } from "./commands.ts";
import { at, attached, bob, carol, created, granted, minute, revoked, WAY_TO } from "./facts.ts";
import { given } from "./given.ts";

const REVOKED_BOB = { type: "APPROVAL_REVOKED", approver: bob, reason: "second thoughts" } as const;

describe("revoking an approval", () => {
  const bobApproved = given(created(), attached(), granted(bob, { expiresAt: minute(30) }));

  test("one's own, named or not", () => {
    bobApproved.when(bob, revoke()).thenEvents(REVOKED_BOB);
    bobApproved.when(bob, revoke("bob")).thenEvents(REVOKED_BOB);
  });

  test("of somebody else is refused, approved or not", () => {
    bobApproved
      .when(carol, revoke("bob"))
      .thenRefused("NOT_YOUR_APPROVAL", "The approval of bob is not carol's to revoke.");
    given(...WAY_TO.open)
      .when(carol, revoke("bob"))
      .thenRefused("NOT_YOUR_APPROVAL", "The approval of bob is not carol's to revoke.");
  });

  test("a system with a person's id has not approved what the person did", () => {
    bobApproved
      .when({ type: "SYSTEM", id: "bob" }, revoke())
      .thenRefused("NO_STANDING_APPROVAL", "bob has not approved this decision.");
  });

  test("that was never given is refused, in a draft too", () => {
    for (const way of [WAY_TO.draft, WAY_TO.open])
      given(...way)
        .when(carol, revoke())
        .thenRefused("NO_STANDING_APPROVAL", "carol has not approved this decision.");
  });

  test("that was revoked already is refused", () => {
    given(created(), attached(), granted(bob), revoked(bob))
      .when(bob, revoke())
      .thenRefused("NO_STANDING_APPROVAL", "The approval of bob has been revoked already.");
  });

  test("is possible to the last millisecond of its life, not from the very instant of its expiry on", () => {
    bobApproved.when(bob, revoke(), { at: minute(30) - 1 }).thenEvents(REVOKED_BOB);
    bobApproved
      .when(bob, revoke(), { at: minute(30) })
      .thenRefused("NO_STANDING_APPROVAL", "The approval of bob has expired already.");
  });

  test("that was given anew after the first one expired", () => {
    given(created(), attached(), granted(bob, { expiresAt: minute(10) }), at(minute(20), granted(bob)))
      .when(bob, revoke())
      .thenEvents(REVOKED_BOB);
  });

  test("is possible once the quorum holds", () => {
    given(...WAY_TO.approved)
      .when(bob, revoke())
      .thenEvents(REVOKED_BOB);
  });

  test("is no longer possible behind the gate", () => {
    given(...WAY_TO.gated)
      .when(bob, revoke())
      .thenRefused("EXECUTION_UNDER_WAY", "The decision has passed the gate: only its outcome is still to come.");
  });
});
