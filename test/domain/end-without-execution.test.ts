import { describe, test } from "vitest";
import { CANCEL, REJECT } from "./commands.ts";
import { alice, bob, robot, WAY_TO } from "./facts.ts";
import { given } from "./given.ts";

describe("rejecting", () => {
  test("by anybody, approved or not", () => {
    for (const way of [WAY_TO.open, WAY_TO.approved])
      for (const actor of [alice, bob, robot])
        given(...way)
          .when(actor, REJECT)
          .thenEvents({ type: "DECISION_REJECTED", reason: "too risky" });
  });

  test("needs a policy", () => {
    given(...WAY_TO.draft)
      .when(bob, REJECT)
      .thenRefused("NO_POLICY", "The decision is a draft: attach a policy first.");
  });
});

describe("cancelling", () => {
  test("by the requester, with or without a policy", () => {
    for (const way of [WAY_TO.draft, WAY_TO.open, WAY_TO.approved])
      given(...way)
        .when(alice, CANCEL)
        .thenEvents({ type: "DECISION_CANCELLED", reason: "no longer needed" });
  });

  test("by somebody else is refused, and says what they can do", () => {
    for (const way of [WAY_TO.draft, WAY_TO.approved])
      given(...way)
        .when(bob, CANCEL)
        .thenRefused("NOT_THE_REQUESTER", "Only alice, who requested it, can cancel; an approver can reject.");
  });
});
