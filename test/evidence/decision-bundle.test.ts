import { describe, expect, test } from "vitest";
import { BUNDLE_CHECKS } from "../../src/evidence/verification-report.ts";
import { verifyAuditPackage } from "../../src/evidence/verify-audit-package.ts";
import { verifyDecisionBundle } from "../../src/evidence/verify-decision-bundle.ts";
import { verifyEvidence } from "../../src/evidence/verify-evidence.ts";
import { foreignLog } from "./foreign-log.ts";
import { BAD_EVENTS, withParts } from "./forgeries/files.ts";
import { bytesOf, canonical, digest, EMBEDDED, type Loose, sha256 } from "./forgeries/forger.ts";
import { GATES } from "./forgeries/gates.ts";
import { LOGS } from "./forgeries/logs.ts";

const NAMES = Object.keys(BUNDLE_CHECKS);

/** The checks that somebody's key, or somebody's trust policy, decides. */
const TRUST = NAMES.slice(NAMES.indexOf("server_signature"));

function endedAs(status: "PASS" | "FAIL" | "NOT_CHECKED", file: string | Uint8Array): readonly string[] {
  const { checks } = verifyDecisionBundle(typeof file === "string" ? bytesOf(file) : file);
  return checks.filter((check) => check.status === status).map(({ name }) => name);
}

/** The control bundle of a package as a bundle, its digest made good. */
function bundleOf(file: string, change: (bundle: Loose) => void = () => undefined): string {
  const { controlBundle } = JSON.parse(file);
  const bundle: Loose = { fileVersion: "nexus.attest/decision-bundle/v1", controlBundle };
  bundle.controlDigest = digest(controlBundle);
  change(bundle);
  return canonical(bundle);
}

const RUN = bundleOf(EMBEDDED);

const TEMPLATE = {
  eventId: "t-1",
  name: "two-people",
  occurredAt: "2026-01-01T09:00:00Z",
  actor: { type: "ACTOR_TYPE_HUMAN", id: "tina" },
  requestId: "make-it",
  templateCreated: { policy: { minApprovals: 2, allowedModes: ["MODE_APPLY"] } },
};

function fromTemplate(template: Loose, use: { readonly digest?: string; readonly name?: string } = {}) {
  const templatePolicy = {
    minApprovals: 2,
    allowedModes: ["APPLY"],
    requireAdapterCapabilities: [],
    maxSteps: 0,
    labels: [],
    allowedAdapters: [],
    allowSelfApproval: false,
    humansOnly: false,
    groups: [],
    requireComment: false,
    maxApprovalLifetimeSeconds: 0,
    requireSignedApprovals: false,
  } as const;
  const used = { name: "two-people", digest: digest(TEMPLATE), templatePolicy, overrides: undefined, ...use };
  const log = foreignLog({ policy: templatePolicy, template: used as never });
  return log.bundle(template === undefined ? {} : { template });
}

describe("a bundle of a decision", () => {
  test("that was run passes every check but those that need a key, a template or a trust policy", () => {
    expect(endedAs("FAIL", RUN)).toEqual([]);
    expect(endedAs("NOT_CHECKED", RUN)).toEqual(["template", ...TRUST]);
    expect(verifyDecisionBundle(bytesOf(RUN))).toMatchObject({ verdict: "CONSISTENT", bindingDigest: "" });
  });

  test("in any other state is judged as far as it has come, the approvals' digests included", () => {
    const behindTheGate = NAMES.slice(NAMES.indexOf("policy_digest"), NAMES.indexOf("outcome") + 1);
    for (const log of [
      foreignLog(),
      foreignLog().approve("carol"),
      foreignLog().approve("carol").revoke("carol"),
      foreignLog().approve("carol").reject("dave"),
      foreignLog().cancel(),
    ]) {
      expect(endedAs("FAIL", log.bundle())).toEqual([]);
      expect(endedAs("NOT_CHECKED", log.bundle())).toEqual([...behindTheGate, ...TRUST]);
    }
  });

  test("that is a draft, gated, or at work too", () => {
    const { events } = JSON.parse(EMBEDDED).controlBundle;
    for (const length of [1, 8, 9]) {
      const cut = bundleOf(EMBEDDED, (bundle) => {
        bundle.controlBundle.events = events.slice(0, length);
        bundle.controlBundle.headDigest = digest(events[length - 1]);
        bundle.controlDigest = digest(bundle.controlBundle);
      });
      expect(endedAs("FAIL", cut), `${length} events`).toEqual([]);
      expect(endedAs("PASS", cut).includes("quorum_at_gate")).toBe(length > 1);
      expect(endedAs("NOT_CHECKED", cut)).toContain("outcome");
    }
  });

  test("with the template that its policy came from passes", () => {
    expect(endedAs("FAIL", fromTemplate(TEMPLATE))).toEqual([]);
    expect(endedAs("PASS", fromTemplate(TEMPLATE))).toContain("template");
  });

  test("without it says which one is missing", () => {
    const { checks } = verifyDecisionBundle(fromTemplate(undefined));
    expect(checks.find(({ name }) => name === "template")).toMatchObject({
      status: "NOT_CHECKED",
      detail: expect.stringContaining(digest(TEMPLATE)),
    });
  });

  test("shows to a person and to a program which kind of file it is", () => {
    expect(verifyEvidence(bytesOf(RUN))).toEqual({ kind: "bundle", report: verifyDecisionBundle(bytesOf(RUN)) });
    expect(verifyEvidence(bytesOf(EMBEDDED))).toEqual({
      kind: "package",
      report: verifyAuditPackage(bytesOf(EMBEDDED)),
    });
    expect(verifyEvidence(bytesOf("[]")).kind).toBe("package");
    expect(verifyEvidence(Uint8Array.of(0xff)).report.verdict).toBe("BROKEN");
    expect(verifyEvidence(bytesOf('{"fileVersion":1}')).kind).toBe("bundle");
  });
});

describe.each(Object.entries({ LOGS, GATES, BAD_EVENTS }))("%s, in a bundle", (_, forgeries) => {
  test.each(forgeries)("$what: $fails", ({ make, fails }) => {
    const made = make();
    const text = typeof made === "string" ? made : new TextDecoder().decode(made);
    const file = bundleOf(text, (bundle) => (bundle.controlDigest = JSON.parse(text).controlDigest));
    // What a package says beside its log is not in a bundle; an id that does not follow from the first event is.
    const failed = endedAs("FAIL", file).filter((name) => name !== "decision_id");
    const wanted = fails.filter((name) => NAMES.includes(name));
    expect(failed.filter((name) => name !== "outcome")).toEqual(wanted.filter((name) => name !== "outcome"));
    // Without a run there is nothing to say of its outcome; with one, the same is said.
    if (failed.includes("outcome")) expect(wanted).toContain("outcome");
  });
});

const FORGED: readonly {
  readonly what: string;
  readonly make: () => string | Uint8Array;
  readonly fails: readonly string[];
}[] = [
  { what: "nothing", make: () => "", fails: ["format"] },
  { what: "a package", make: () => EMBEDDED, fails: ["format"] },
  { what: "a later version", make: () => bundleOf(EMBEDDED, (b) => (b.fileVersion += "1")), fails: ["format"] },
  { what: "no log", make: () => bundleOf(EMBEDDED, (b) => delete b.controlBundle), fails: ["format"] },
  { what: "a log as a list", make: () => bundleOf(EMBEDDED, (b) => (b.controlBundle = [])), fails: ["format"] },
  { what: "a template as a text", make: () => bundleOf(EMBEDDED, (b) => (b.template = "t")), fails: ["format"] },
  { what: "one part too many", make: () => withParts(2_000_001), fails: ["format"] },
  { what: "a line break at the end", make: () => `${RUN}\n`, fails: ["canonical_form"] },
  { what: "a name twice", make: () => RUN.replace("{", '{"controlDigest":"",'), fails: ["canonical_form"] },
  {
    what: "an empty text",
    make: () => bundleOf(EMBEDDED, (b) => (b.signature = { payloadType: "" })),
    fails: ["proto_json", "server_signature"],
  },
  {
    what: "another control digest",
    make: () => bundleOf(EMBEDDED, (b) => (b.controlDigest = sha256(""))),
    fails: ["control_digest"],
  },
  {
    what: "no control digest",
    make: () => bundleOf(EMBEDDED, (b) => delete b.controlDigest),
    fails: ["control_digest"],
  },
  {
    what: "a template that nobody used",
    make: () => bundleOf(EMBEDDED, (b) => (b.template = TEMPLATE)),
    fails: ["template"],
  },
  { what: "another template", make: () => fromTemplate({ ...TEMPLATE, eventId: "t-2" }), fails: ["template"] },
  {
    what: "a template under another name",
    make: () => fromTemplate(TEMPLATE, { name: "one-person" }),
    fails: ["template"],
  },
  {
    what: "a template of another policy than was recorded",
    make: () => {
      const other = { ...TEMPLATE, templateCreated: { policy: { minApprovals: 1, allowedModes: ["MODE_APPLY"] } } };
      return fromTemplate(other, { digest: digest(other) });
    },
    fails: ["template"],
  },
  {
    what: "a log under the id of another decision",
    make: () => {
      const theirs = foreignLog({ requestId: "elsewhere-2" }).decisionId;
      const own = foreignLog();
      return bundleOf(
        canonical({ controlBundle: JSON.parse(new TextDecoder().decode(own.bundle())).controlBundle }),
        (b) => {
          let previous: string | undefined;
          for (const event of b.controlBundle.events) {
            event.decisionId = theirs;
            if (previous !== undefined) event.previousDigest = previous;
            previous = digest(event);
          }
          b.controlBundle.decisionId = theirs;
          b.controlBundle.headDigest = previous;
          b.controlDigest = digest(b.controlBundle);
        },
      );
    },
    fails: ["decision_id"],
  },
  {
    what: "an approval of something else, before any gate",
    make: () =>
      bundleOf(canonical(JSON.parse(new TextDecoder().decode(foreignLog().approve("carol").bundle()))), (b) => {
        b.controlBundle.events[2].approvalGranted.requestDigest = sha256("something else");
        b.controlBundle.headDigest = digest(b.controlBundle.events[2]);
        b.controlDigest = digest(b.controlBundle);
      }),
    fails: ["request_digest"],
  },
];

describe("a forged bundle", () => {
  test.each(FORGED)("$what: $fails", ({ make, fails }) => {
    expect(endedAs("FAIL", make())).toEqual(fails);
  });

  test("with a field that this version does not know is told of it", () => {
    expect(
      endedAs(
        "NOT_CHECKED",
        bundleOf(EMBEDDED, (b) => (b.note = "trust me")),
      ),
    ).toContain("unknown_fields");
  });
});
