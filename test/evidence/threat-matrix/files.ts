import { CHECKS, type VerificationReport } from "../../../src/evidence/verification-report.ts";
import { canonical, type Loose } from "../forgeries/forger.ts";
import { HOUSE_RULES } from "../forgeries/house-rules.ts";
import { ADVERSARIES, type AdversaryName } from "./adversaries.ts";
import { ATTEMPTS, nameOf } from "./attempts.ts";
import { EXPECTED } from "./expected.ts";
import { forgeries } from "./forge.ts";
import { AT, another, byReference, EVERYBODY, GENUINE, genuine, settled, TRUST, type TrustName } from "./genuine.ts";
import { best, judged } from "./judge.ts";
import { type Hands, seal } from "./seal.ts";
import { glassBroken, guarded } from "./under-house-rules.ts";

interface Listed {
  readonly file: string;
  readonly what: string;
  /** Who can make it; absent: whoever it is of. */
  readonly holders?: readonly string[];
}

/** The files of testdata/audit-packages by their paths, but for its README. */
export function files(): ReadonlyMap<string, string> {
  const written = new Map<string, string>();
  for (const [name, text] of Object.entries(TRUST)) if (text !== undefined) written.set(`trust/${name}.json`, text);
  const packages = [...good(written), ...forged(written), ...evaded(written)].map((listed) => ({
    ...listed,
    reports: reportsOn(written.get(listed.file) ?? ""),
  }));
  const lines = packages.map((entry) => JSON.stringify(entry));
  const checks = JSON.stringify(Object.keys(CHECKS));
  written.set("expected.json", `{"checks":${checks},\n"packages":[\n${lines.join(",\n")}\n]}\n`);
  return written;
}

/** Good packages: nothing in them is forged. */
function good(written: Map<string, string>): readonly Listed[] {
  const packages: Readonly<Record<string, readonly [what: string, given: Loose]>> = {
    embedded: [
      "a template, signed approvals, groups, expiries, approvals taken back, a signed run, by the server",
      genuine(),
    ],
    reference: ["the same by reference", byReference()],
    settled: ["one whose outcome was unknown until the router could tell", settled()],
    another: ["another decision of the same people", another()],
    failed: ["a run that failed", failedRun()],
    unsigned: ["signed by nobody", withoutSignatures()],
    guarded: [
      "under guardrails, of the policy and of the gate, with executor, requester and approvers kept apart",
      guarded(),
    ],
    "glass-broken": ["executed by break-glass, and not reviewed", glassBroken()],
    "glass-broken-approved": ["executed by break-glass, and found justified", glassBroken("JUSTIFIED")],
    "glass-broken-objected": [
      "executed by break-glass, and found unjustified by one of two",
      glassBroken("JUSTIFIED", "UNJUSTIFIED"),
    ],
    plain: ["without template, plan, labels, groups, limits and signatures of others than the server", plain()],
  };
  return Object.entries(packages).map(([name, [what, given]]) => {
    const file = `good/${name}.json`;
    written.set(file, canonical(given));
    return { file, what };
  });
}

/** For each ending of an attempt, by who believes the server and by who believes everybody, what the first adversary who comes to it can make at best. */
function forged(written: Map<string, string>): readonly Listed[] {
  const byText = new Map<string, string>();
  return ATTEMPTS.flatMap((attempt, index) => {
    const number = String(index + 1).padStart(2, "0");
    const listed: Listed[] = [];
    const endings = new Set<string>();
    for (const { who } of EXPECTED[nameOf(attempt)] ?? []) {
      const holders = who === "anybody" ? (Object.keys(ADVERSARIES) as AdversaryName[]) : who;
      const [first] = holders;
      if (first === undefined) continue;
      const made = forgeries(attempt, ADVERSARIES[first]);
      for (const trust of ["server", "everybody"] as const) {
        const { text, ending } = best(made, trust);
        if (text === GENUINE || byText.has(text) || endings.has(`${trust} ${ending}`)) continue;
        endings.add(`${trust} ${ending}`);
        const file = `forged/${number}-${listed.length + 1}.json`;
        byText.set(text, file);
        written.set(file, text);
        listed.push({ file, what: nameOf(attempt), holders });
      }
    }
    return listed;
  });
}

/** What operators demand beyond the policy, evaded, each as whoever holds no key can make it at best. */
function evaded(written: Map<string, string>): readonly Listed[] {
  return HOUSE_RULES.map(({ what, make }, index) => {
    const file = `forged/rules-${String(index + 1).padStart(2, "0")}.json`;
    const made = make();
    if (typeof made !== "string") throw new TypeError(`${what}: not a text`);
    written.set(file, made);
    return { file, what, holders: ["the file only"] };
  });
}

function reportsOn(text: string): Readonly<Record<string, Loose>> {
  return Object.fromEntries((Object.keys(TRUST) as TrustName[]).map((trust) => [trust, told(judged(text, trust))]));
}

/** What verifiers have to agree on. */
function told({ verdict, checks, signers }: VerificationReport): Loose {
  return {
    verdict,
    notPassed: Object.fromEntries(
      checks.filter(({ status }) => status !== "PASS").map(({ name, status }) => [name, status]),
    ),
    signers: signers.map(({ role, name }) => `${role} ${name}`),
  };
}

function failedRun(): Loose {
  const given = genuine();
  const events: Loose[] = given.controlBundle.events;
  const { executionCompleted, ...event } = events[AT.outcome];
  const failure = { code: "STEP_FAILED", message: "check: exit code 1", stepsExecuted: 1 };
  events[AT.outcome] = { ...event, executionFailed: { ...executionCompleted, ...failure } };
  seal(given, EVERYBODY);
  return given;
}

const NOBODY: Hands = { approval: () => "left out", run: "left out", package: "left out" };

function withoutSignatures(): Loose {
  const given = genuine();
  const { policy, template } = given.controlBundle.events[1].policyAttached;
  delete policy.requireSignedApprovals;
  delete template.overrides.requireSignedApprovals;
  seal(given, NOBODY);
  return given;
}

function plain(): Loose {
  const given = genuine();
  const [created, attached] = given.controlBundle.events;
  delete given.template;
  delete created.delegate;
  created.decisionCreated = { mode: "MODE_APPLY", adapterId: "files" };
  attached.policyAttached = { policy: { minApprovals: 1, allowedModes: ["MODE_APPLY"] } };
  for (const event of given.controlBundle.events) delete event.approvalGranted?.groups;
  seal(given, { ...NOBODY, package: EVERYBODY.package });
  return given;
}
