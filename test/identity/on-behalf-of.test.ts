import { describe, expect, test } from "vitest";
import { type Identity, UNKNOWN_PEER } from "../../src/app/authenticator.ts";
import { withOnBehalfOf } from "../../src/identity/on-behalf-of.ts";

const RULES = [
  { service: "portal", people: ["*@example.com", "root"], groups: ["staff"] },
  { service: "portal", people: ["*@partner.com"], groups: [] },
];

async function called(as: Identity["actor"], person: string | undefined): Promise<Identity> {
  const identity: Identity = { actor: as, groups: ["of-the-caller"], delegate: undefined, validUntil: 5 };
  const headers = new Headers(person === undefined ? {} : { "x-nexus-on-behalf-of": person });
  return await withOnBehalfOf({ authenticate: async () => identity }, RULES).authenticate(headers, UNKNOWN_PEER);
}

const portal = { type: "SYSTEM", id: "portal" } as const;

describe("on behalf of", () => {
  test("a service that may acts for a person; both are known, and the person has the groups of the configuration alone", async () => {
    expect(await called(portal, "alice@example.com")).toEqual({
      actor: { type: "HUMAN", id: "alice@example.com" },
      groups: ["staff"],
      delegate: portal,
      validUntil: 5,
    });
    expect((await called(portal, "bob@partner.com")).groups).toEqual([]);
  });

  test("without the header it acts for itself", async () => {
    expect(await called(portal, undefined)).toMatchObject({
      actor: portal,
      groups: ["of-the-caller"],
      delegate: undefined,
    });
  });

  test.each([
    ["a person whom no pattern takes", portal, "alice@evil.com"],
    ["a person in another domain by a second @", portal, "alice@evil.com@example.com"],
    ["another service", { type: "SYSTEM", id: "other" } as const, "alice@example.com"],
    ["a person with the service's id", { type: "HUMAN", id: "portal" } as const, "alice@example.com"],
    ["a person for another", { type: "HUMAN", id: "bob@example.com" } as const, "alice@example.com"],
  ])("refused: %s", async (_, as, person) => {
    await expect(called(as, person)).rejects.toMatchObject({ reason: "ON_BEHALF_OF_REFUSED" });
  });

  test.each(["", "Alice@example.com", "alice@example.com, bob@example.com", "nexus-attest", "al\u00efce@example.com"])(
    "refused as nobody: %j",
    async (person) => {
      await expect(called(portal, person)).rejects.toMatchObject({ reason: "UNAUTHENTICATED" });
    },
  );
});
