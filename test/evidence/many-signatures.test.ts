import { describe, expect, test, vi } from "vitest";
import type { PublicKey } from "../../src/evidence/public-key.ts";
import { newSigningKey } from "../support/signing-key.ts";
import { EMBEDDED, EVENT, type Loose, tamper } from "./forgeries/forger.ts";
import {
  approverKey,
  outcome,
  routerKey,
  serverKey,
  sign,
  trusting,
  verifyText,
  withSignedApprovals,
  withSignedRun,
} from "./forgeries/signing.ts";

/** How often a signature was held against a key. */
let tries = 0;

vi.mock(import("../../src/evidence/public-key.ts"), async (original) => {
  const real = await original();
  return {
    ...real,
    isSignedBy: (key: PublicKey, message: Uint8Array, signature: Uint8Array) => {
      tries += 1;
      return real.isSignedBy(key, message, signature);
    },
  };
});

function countingTries<Result>(run: () => Result): readonly [Result, number] {
  tries = 0;
  return [run(), tries];
}

const crowd = Array.from({ length: 300 }, newSigningKey);
const server = newSigningKey();
const trust = trusting({ serverKeys: [...crowd, server].map((key) => serverKey(key)) });

describe("among hundreds of trusted keys", () => {
  test("the one that is named is tried once, and no other", () => {
    const [report, tried] = countingTries(() => verifyText(sign(EMBEDDED, server), trust));
    expect(report.verdict).toBe("AUTHENTIC");
    expect(tried).toBe(1);
  });

  test("of a package, one that is not named is tried by none", () => {
    const unnamed = tamper((given) => delete given.signature.signatures[0].keyid, sign(EMBEDDED, server));
    const [report, tried] = countingTries(() => verifyText(unnamed, trust));
    expect(outcome(report, "server_signature").status).toBe("FAIL");
    expect(tried).toBe(0);
  });

  test("of a run, an envelope costs each key eight tries at most", () => {
    const routerKeys = [...crowd, server].map((key) => routerKey(["files"], key));
    const full = withSignedRun(server, {
      recorded: (made) => ({ ...made, signatures: Array.from({ length: 8 }, () => ({ sig: "AAAA" })) }),
    });
    const [report, tried] = countingTries(() => verifyText(full, trusting({ routerKeys })));
    expect(outcome(report, "router_signature").status).toBe("FAIL");
    expect(tried).toBe(2 * 301 * 8);
  });
});

/** The example with so many approvals of erin that she took back, each signed. */
function withManyApprovals(count: number, key: ReturnType<typeof newSigningKey>): string {
  return withSignedApprovals(
    { "erin@example.com": key, "frank@example.com": key },
    {
      change: (_, events) => {
        const [approval, revocation] = [events[EVENT.erin], events[EVENT.revocation]];
        const pairs = Array.from({ length: count }, (_unused, index): Loose[] => [
          { ...structuredClone(approval), eventId: `again-${index}` },
          {
            ...structuredClone(revocation),
            eventId: `back-${index}`,
            occurredAt: approval.occurredAt,
            actor: approval.actor,
            approvalRevoked: { approver: approval.actor },
          },
        ]);
        events.splice(EVENT.erin, 0, ...pairs.flat());
      },
    },
  );
}

describe("of hundreds of signed approvals", () => {
  test("each is held against what it has to say, and only those that counted against keys: all of their approver's, whatever they name", () => {
    const [erin, frank] = [newSigningKey(), newSigningKey()];
    const keys = Array.from({ length: 15 }, newSigningKey);
    const approverKeys = [erin, ...keys].map((key) => approverKey("erin@example.com", key));
    const policy = trusting({ approverKeys: [...approverKeys, approverKey("frank@example.com", frank)] });
    const text = withManyApprovals(400, erin);
    const [report, tried] = countingTries(() => verifyText(text, policy));
    // Frank's is signed by erin's key here.
    expect(outcome(report, "approver_signatures")).toMatchObject({
      status: "FAIL",
      detail: expect.stringContaining("frank"),
    });
    expect(tried).toBeLessThanOrEqual(4);
    const hostile = withManyApprovals(400, newSigningKey());
    const [other, triedInVain] = countingTries(() => verifyText(hostile, policy));
    expect(outcome(other, "approver_signatures").status).toBe("FAIL");
    expect(triedInVain).toBeLessThanOrEqual(2 * 16);
  });
});
