import { describe, expect, test } from "vitest";
import type { ExecutionFailed, RecordedEvent } from "../../src/domain/event.ts";
import type { Digest } from "../../src/domain/ids.ts";
import type { Decision } from "../../src/domain/state.ts";
import { buildAuditPackage } from "../../src/evidence/build-audit-package.ts";
import { seal, takeUp } from "../../src/evidence/chain.ts";
import { takeUpTemplate } from "../../src/evidence/template-log.ts";
import { canonical, checksThat, digest, EMBEDDED, EVENT, type Loose, REFERENCE, sha256 } from "./forgeries/forger.ts";

const EXAMPLE = JSON.parse(EMBEDDED);
const BUNDLE = Buffer.from(EXAMPLE.router.runBundle, "base64");

function log(): readonly RecordedEvent[] {
  let decision: Decision | undefined;
  return EXAMPLE.controlBundle.events.map((event: Loose) => {
    const taken = takeUp(decision, canonical(event));
    decision = taken.decision;
    return taken.recorded;
  });
}

/** The log with another outcome. */
function endingWith(outcome: Partial<ExecutionFailed>): readonly RecordedEvent[] {
  const events = log();
  const last = events[EVENT.outcome]?.event;
  if (last?.body.type !== "EXECUTION_COMPLETED") throw new Error("the example ends otherwise");
  const failed: ExecutionFailed = {
    ...last.body,
    type: "EXECUTION_FAILED",
    code: "STEP_FAILED",
    message: "no",
    ...outcome,
  };
  return events.with(EVENT.outcome, seal({ ...last, body: failed }));
}

describe("an audit package", () => {
  test("is built the same each time, in canonical form, by reference or with the run bundle", () => {
    const { recorded: template } = takeUpTemplate(undefined, canonical(EXAMPLE.template));
    expect(buildAuditPackage({ events: log(), bundle: undefined, template }).json).toBe(REFERENCE);
    expect(buildAuditPackage({ events: log(), bundle: BUNDLE, template }).json).toBe(EMBEDDED);
  });

  test("has one binding digest, whether the run bundle is inside or not", () => {
    const reference = buildAuditPackage({ events: log(), bundle: undefined }).bindingDigest;
    expect(buildAuditPackage({ events: log(), bundle: BUNDLE }).bindingDigest).toBe(reference);
    expect(reference).toBe(EXAMPLE.bindingDigest);
  });

  test("binds everything: control bundle, link and run", () => {
    const { packageVersion, controlBundle, router, link, bindingDigest } = EXAMPLE;
    const [controlDigest, linkDigest] = [digest(controlBundle), digest(link)];
    const { routerDigest } = router;
    expect(bindingDigest).toBe(digest({ packageVersion, controlDigest, routerDigest, linkDigest }));
    expect(routerDigest).toBe(sha256(BUNDLE));
  });

  test("of a run that failed is as good as that of one that succeeded", () => {
    const { json } = buildAuditPackage({ events: endingWith({}), bundle: BUNDLE });
    expect(checksThat("FAIL", json)).toEqual([]);
  });

  test("names the media type that was recorded, or none", () => {
    const events = endingWith({ routerMediaType: "" });
    const { json } = buildAuditPackage({ events, bundle: BUNDLE });
    expect(JSON.parse(json).router).not.toHaveProperty("runBundleMediaType");
    expect(checksThat("FAIL", json)).toEqual([]);
    const { router } = JSON.parse(
      buildAuditPackage({ events: endingWith({ routerMediaType: "a/b" }), bundle: BUNDLE }).json,
    );
    expect(router.runBundleMediaType).toBe("a/b");
  });

  test.each<[string, readonly RecordedEvent[]]>([
    ["without events", []],
    ["that is a draft", log().slice(0, 1)],
    ["that waits for approvals", log().slice(0, EVENT.gate)],
    ["that is under way", log().slice(0, EVENT.outcome)],
    ["whose run has no record", endingWith({ routerDigest: "" })],
    ["whose run has no id", endingWith({ runId: "", routerDigest: `sha256:${"0".repeat(64)}` as Digest })],
  ])("is refused for a decision %s", (_, events) => {
    expect(() => buildAuditPackage({ events, bundle: undefined })).toThrow(TypeError);
  });
});
