import { describe, expect, test } from "vitest";
import { CHECKS } from "../../../src/evidence/verification-report.ts";
import { canonical } from "../forgeries/forger.ts";
import { ADVERSARIES, type AdversaryName } from "./adversaries.ts";
import { ATTEMPTS, nameOf } from "./attempts.ts";
import { EXPECTED } from "./expected.ts";
import { forgeries } from "./forge.ts";
import { another, byReference, EVERYBODY, GENUINE, genuine, TRUST, type TrustName } from "./genuine.ts";
import { best, judged } from "./judge.ts";
import { expectedEnding } from "./page.ts";
import { seal } from "./seal.ts";

const SETTINGS = Object.keys(TRUST) as TrustName[];
const ADVERSARY_NAMES = Object.keys(ADVERSARIES) as AdversaryName[];
/** A loaded machine takes its time over some hundred signatures. */
const PATIENCE = 120_000;

describe("what is forged from", () => {
  test("is authentic, and everybody's signature counts", () => {
    for (const text of [GENUINE, canonical(another())]) {
      expect(SETTINGS.map((trust) => judged(text, trust).verdict)).toEqual(["CONSISTENT", "AUTHENTIC", "AUTHENTIC"]);
      const { checks, signers } = judged(text, "everybody");
      expect(signers.map(({ name }) => name)).toEqual([
        "the server",
        "erin@example.com",
        "frank@example.com",
        "the router",
      ]);
      expect(checks.filter(({ status }) => status !== "PASS").map(({ name }) => name)).toEqual(["time_bounds"]);
      expect(checks.map(({ name }) => name)).toEqual(Object.keys(CHECKS));
    }
    expect(judged(canonical(byReference()), "server").verdict).toBe("AUTHENTIC");
  });

  test("made good again by everybody is the very same file, so the forger forges well", () => {
    const given = genuine();
    seal(given, EVERYBODY);
    expect(canonical(given)).toBe(GENUINE);
  });
});

describe("the threat matrix", () => {
  test("names every attempt and no other, and says of each adversary once how it ends", () => {
    expect(Object.keys(EXPECTED)).toEqual(ATTEMPTS.map(nameOf));
    for (const attempt of ATTEMPTS)
      for (const who of ADVERSARY_NAMES) expect(expectedEnding(attempt, who, 0)).toMatch(/\S/);
  });

  test.each(ATTEMPTS.map((attempt) => [nameOf(attempt), attempt] as const))(
    "%s",
    (_, attempt) => {
      for (const who of ADVERSARY_NAMES) {
        const made = forgeries(attempt, ADVERSARIES[who]);
        const endings = SETTINGS.map((trust) => best(made, trust).ending);
        const expected = SETTINGS.map((_setting, index) => expectedEnding(attempt, who, index as 0 | 1 | 2));
        expect(endings, who).toEqual(expected);
      }
    },
    PATIENCE,
  );

  test("says why of each attempt that somebody gets through with, and of no other", () => {
    for (const attempt of ATTEMPTS) {
      const isUndetected = ADVERSARY_NAMES.some((who) => expectedEnding(attempt, who, 2) === "AUTHENTIC");
      expect(attempt.why !== undefined, nameOf(attempt)).toBe(isUndetected);
    }
  });
});
