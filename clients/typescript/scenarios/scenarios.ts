// The scenarios of clients/scenarios.md through the TypeScript client. Run by clients/harness/run.ts:
//   scenarios.ts node|web [NUMBER…]     over gRPC from Node, or over Connect as a browser would, from a bundle made for one
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import type { AttestClient, AttestError, WrongTurn } from "@nexus-attest/client";
import { PackageMode, Verdict } from "@nexus-attest/client/nexus/attest/v1/audit_package_pb";
import type {
  CreateDecisionRequestSchema,
  WatchDecisionResponse,
} from "@nexus-attest/client/nexus/attest/v1/decision_service_pb";
import { BlockingCode, DecisionState } from "@nexus-attest/client/nexus/attest/v1/lifecycle_pb";
import { Mode } from "@nexus-attest/client/nexus/attest/v1/plan_pb";
import type { NodeOptions } from "@nexus-attest/client/node";

interface Library {
  readonly connect: (address: string, options?: NodeOptions) => AttestClient;
  readonly AttestError: new (...words: never[]) => AttestError;
  readonly WrongTurn: new (...words: never[]) => WrongTurn;
}

const [kind = "node", ...numbers] = process.argv.slice(2);
const library: Library =
  kind === "web"
    ? ((await import(`file://${process.env["NEXUS_ATTEST_BUNDLE"]}`)) as Library)
    : { ...(await import("@nexus-attest/client/node")), ...(await import("@nexus-attest/client")) };
const address = process.env["NEXUS_ATTEST_ADDRESS"] ?? "";
const proxy = process.env["NEXUS_ATTEST_PROXY"] ?? "";
const control = process.env["NEXUS_ATTEST_CONTROL"] ?? "";
const secureAddress = process.env["NEXUS_ATTEST_SECURE"] ?? "";
const credential = (name: string) => `${process.env["NEXUS_ATTEST_CREDENTIALS"]}/${name}`;
/** Both kinds run against one server: what they make has to be told apart. */
const own = `ts-${kind}`;

type Creation = MessageInitShape<typeof CreateDecisionRequestSchema>;
const policy = (minApprovals: number): NonNullable<Creation["policySource"]> => ({
  case: "policy",
  value: { minApprovals, allowedModes: [Mode.APPLY] },
});
const plan = (...methods: string[]) => ({
  steps: methods.map((method, i) => ({ stepId: `step-${i}`, call: { tool: "tool", method, argumentsJson: "{}" } })),
});
const labels = (value: string) => [{ key: "scenario", value: `${own}-${value}` }];
const request = (change: Creation = {}): Creation => ({
  goal: "raise the limit",
  mode: Mode.APPLY,
  adapterId: "tool",
  plan: plan("write"),
  policySource: policy(2),
  ...change,
});
const as = (name: string, where = address) => library.connect(where, { developmentActor: `human:${name}` });
const you = as("you");
const ann = as("ann");

async function create(change?: Creation, client = you): Promise<string> {
  return (await client.decisions.createDecision(request(change))).decision?.decisionId ?? "";
}

async function approve(decisionId: string, ...names: string[]): Promise<void> {
  for (const name of names) await as(name).decisions.grantApproval({ decisionId });
}

async function told(what: string): Promise<string> {
  const answer = await fetch(`${control}/${what}`);
  check(answer.ok, what);
  return await answer.text();
}

function check(holds: boolean, ...found: unknown[]): asserts holds {
  if (!holds)
    throw new Error(`it does not hold: ${JSON.stringify(found, (_, v) => (typeof v === "bigint" ? `${v}` : v))}`);
}

async function refused(call: Promise<unknown>, reason: string, code: Code): Promise<AttestError> {
  const error = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  check(error instanceof library.AttestError && error.reason === reason && error.code === code, reason, String(error));
  return error;
}

async function collect(decisionId: string, client = you): Promise<WatchDecisionResponse[]> {
  const messages = [];
  for await (const message of client.watch(decisionId)) messages.push(message);
  return messages;
}

function seqs(messages: readonly WatchDecisionResponse[]): number[] {
  return messages.flatMap(({ kind }) => (kind.case === "event" ? [kind.value.event?.seq ?? 0] : []));
}

function isRow(found: readonly number[], from: number, count: number): boolean {
  return found.length === count && found.every((seq, i) => seq === from + i);
}

async function listed(value: string, pageSize: number, consistencyToken: string): Promise<string[]> {
  const ids: string[] = [];
  let pageToken = "";
  do {
    const page = await you.decisions.listDecisions({
      filter: { labels: labels(value) },
      pageSize,
      pageToken,
      consistencyToken,
    });
    ids.push(...page.decisions.map(({ decisionId }) => decisionId));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return ids;
}

/** Against the server that wants proof. In a browser whom to trust is not the page's to say: there the authority is one of Node's own. */
function secure(options: NodeOptions): AttestClient {
  return library.connect(secureAddress, kind === "web" ? options : { caFile: credential("ca.pem"), ...options });
}

function tokenIn(name: string): string {
  return readFileSync(credential(`${name}.token`), "utf8").trim();
}

/** A token that says how often it was asked for: once for each try of a call. */
function counted(give: () => string | Promise<string>) {
  const token = Object.assign(() => (token.asked++, give()), { asked: 0 });
  return token;
}

/** A token of the issuer, for ben, who approves. */
const issued = (seconds: number) => async () => await told(`token?seconds=${seconds}`);

async function until(holds: () => boolean, what: string, seconds = 30): Promise<void> {
  for (const end = performance.now() + seconds * 1_000; !holds(); await sleep(50)) check(performance.now() < end, what);
}

/** Rejects a decision, which ends what follows it, and holds what came against what there is. */
async function rejected(
  decisionId: string,
  by: AttestClient,
  following: Promise<WatchDecisionResponse[]>,
): Promise<void> {
  const { event } = await by.decisions.rejectDecision({ decisionId, reason: "enough" });
  const messages = await following;
  check(isRow(seqs(messages), 0, (event?.event?.seq ?? 0) + 1), seqs(messages));
  check(messages.filter(({ kind }) => kind.case === "caughtUp").length === 1);
}

/** Watches a decision from its beginning to its end, with trouble in the middle. */
async function driven(trouble: () => Promise<void>): Promise<void> {
  const id = await create();
  const following = collect(id, as("you"));
  await approve(id, "ann");
  await trouble();
  await approve(id, "ben");
  const done = await you.executeAndWait(id);
  const messages = await following;
  check(isRow(seqs(messages), 0, done.headSeq + 1), seqs(messages));
  check(messages.filter(({ kind }) => kind.case === "caughtUp").length === 1);
  const states = messages.flatMap(({ kind }) => (kind.case === "lifecycle" ? [kind.value.lifecycle?.state] : []));
  check(states.at(-1) === DecisionState.COMPLETED, states);
}

async function restarted(how: "stop" | "kill"): Promise<void> {
  await sleep(300);
  await told(how);
  await sleep(500);
  await told("start");
}

const TEXT = "héllo wörld 🛒🏳️‍🌈 שלום é e\u0301 \u200d 中文";

const scenarios: readonly (readonly [number, string, () => Promise<void>])[] = [
  [
    1,
    "a decision goes the whole way, and its package verifies",
    async () => {
      const id = await create();
      await approve(id, "ann", "ben");
      const done = await you.executeAndWait(id);
      check(done.lifecycle?.state === DecisionState.COMPLETED, done);
      const { packageJson, bindingDigest } = await you.audit.exportAuditPackage({
        decisionId: id,
        mode: PackageMode.EMBEDDED,
      });
      const { report } = await you.audit.verifyAuditPackage({ packageJson });
      check(report?.verdict === Verdict.CONSISTENT || report?.verdict === Verdict.AUTHENTIC, report);
      check(report.bindingDigest === bindingDigest, report);
    },
  ],
  [
    2,
    "a request_id does a thing once, and nothing else",
    async () => {
      const requestId = `${own}-scenario-2`;
      const first = await create({ requestId });
      check((await create({ requestId })) === first);
      await refused(create({ requestId, goal: "another" }), "REQUEST_ID_REUSED", Code.AlreadyExists);
    },
  ],
  [
    3,
    "a closed gate says why, in types",
    async () => {
      const decisionId = await create();
      await approve(decisionId, "ann");
      const { blockingReasons } = await refused(
        you.decisions.executeDecision({ decisionId }),
        "GATE_CLOSED",
        Code.FailedPrecondition,
      );
      const [reason] = blockingReasons;
      check(blockingReasons.length === 1 && reason?.code === BlockingCode.MISSING_APPROVALS, blockingReasons);
      check(reason.details.case === "missingApprovals", reason);
      const { required, have, missing } = reason.details.value;
      check(required === 2 && have === 1 && missing === 1, reason);
    },
  ],
  [
    4,
    "a field that breaks a constraint is named",
    async () => {
      const error = await refused(create({ policySource: policy(0) }), "INVALID_REQUEST", Code.InvalidArgument);
      check(error.fieldViolations.length === 1 && error.fieldViolations[0]?.field === "policy.min_approvals", error);
    },
  ],
  [
    5,
    "the requester cannot approve",
    async () => {
      const decisionId = await create();
      await refused(you.decisions.grantApproval({ decisionId }), "SELF_APPROVAL", Code.PermissionDenied);
    },
  ],
  [
    6,
    "a decision that there is not is not found, nor watched",
    async () => {
      const decisionId = "0".repeat(32);
      await refused(you.decisions.getDecision({ decisionId }), "DECISION_NOT_FOUND", Code.NotFound);
      await refused(collect(decisionId), "DECISION_NOT_FOUND", Code.NotFound);
    },
  ],
  [
    7,
    "a deadline ends the call, not the run",
    async () => {
      const decisionId = await create({ plan: plan("slow", "slow"), policySource: policy(1) });
      await approve(decisionId, "ann");
      const began = performance.now();
      const call = you.decisions.executeDecision({ decisionId, wait: { seconds: 30n } }, { timeoutMs: 200 });
      const error = await call.catch((error: unknown) => error);
      check(error instanceof library.AttestError && error.code === Code.DeadlineExceeded, String(error));
      check(performance.now() - began < 2_000);
      const last = await you.waitUntil(decisionId, "terminal", { signal: AbortSignal.timeout(30_000) });
      check(last.state === DecisionState.COMPLETED, last);
    },
  ],
  [
    8,
    "cancelling ends a watch and a call within a second",
    async () => {
      const decisionId = await create({ plan: plan("slow", "slow", "slow"), policySource: policy(1) });
      await approve(decisionId, "ann");
      const controller = new AbortController();
      const { signal } = controller;
      const watching = (async () => {
        for await (const message of you.watch(decisionId, { signal })) void message;
      })();
      const calling = you.decisions.executeDecision({ decisionId, wait: { seconds: 30n } }, { signal });
      const ended = Promise.allSettled([watching, calling]);
      await sleep(300);
      const began = performance.now();
      controller.abort();
      check((await ended).every(({ status }) => status === "rejected"));
      check(performance.now() - began < 1_000);
      await you.waitUntil(decisionId, "terminal", { signal: AbortSignal.timeout(30_000) });
    },
  ],
  [9, "a watch tells a decision from its beginning to its end, and ends", async () => await driven(async () => {})],
  [
    10,
    "a watch goes on through a restart of the server",
    async () => await driven(async () => await restarted("stop")),
  ],
  [11, "a watch goes on after the server was killed", async () => await driven(async () => await restarted("kill"))],
  [
    12,
    "a watch through a proxy that cuts connections has no gap and no repeat",
    async () => {
      const decisionId = await create();
      const following = collect(decisionId, as("you", proxy));
      await told("cut-on?every=80");
      for (let i = 0; i < 600 || Number(await told("cuts")) < 50; i++) {
        await ann.decisions.grantApproval({ decisionId });
        await ann.decisions.revokeApproval({ decisionId, reason: "again" });
      }
      await told("cut-off");
      await ann.decisions.rejectDecision({ decisionId, reason: "enough" });
      const messages = await following;
      const { decision } = await you.decisions.getDecision({ decisionId });
      const head = decision?.headSeq ?? 0;
      check(head > 1_000 && isRow(seqs(messages), 0, head + 1), head, seqs(messages).length);
    },
  ],
  [
    13,
    "ten thousand events are watched without a gap",
    async () => {
      const each = 625;
      const ids: string[] = [];
      for (let i = 0; i < 8; i++) ids.push(await create({ labels: labels("13") }));
      const found = new Map<string, number[]>(ids.map((id) => [id, []]));
      const begun = Promise.withResolvers<void>();
      const following = (async () => {
        let open = ids.length;
        for await (const { kind } of as("you").watchAll({ filter: { labels: labels("13") } })) {
          if (kind.case === "caughtUp") begun.resolve();
          const event = kind.case === "change" ? kind.value.event?.event : undefined;
          if (event === undefined) continue;
          found.get(event.decisionId)?.push(event.seq);
          if (event.body.case === "decisionRejected" && --open === 0) return;
        }
      })();
      await begun.promise;
      await Promise.all(
        ids.map(async (decisionId, i) => {
          const approver = as(`ann-${i}`);
          for (let j = 0; j < each; j++) {
            await approver.decisions.grantApproval({ decisionId });
            await approver.decisions.revokeApproval({ decisionId });
          }
          await approver.decisions.rejectDecision({ decisionId, reason: "enough" });
        }),
      );
      await following;
      // The first two are there before the watch is, which begins with decisions as they stand.
      for (const [id, seqs] of found) check(isRow(seqs, 2, 2 * each + 1), id, seqs.length);
    },
  ],
  [
    14,
    "waiting until a decision can be executed ends with the last approval, or in vain",
    async () => {
      const id = await create();
      let waited = false;
      const waiting = you.waitUntil(id, "executable").finally(() => {
        waited = true;
      });
      await approve(id, "ann");
      await sleep(200);
      check(!waited);
      await approve(id, "ben");
      check((await waiting).executable);
      const other = await create();
      const vain = you.waitUntil(other, "executable").catch((error: unknown) => error);
      await sleep(200);
      await ann.decisions.rejectDecision({ decisionId: other, reason: "no" });
      check((await vain) instanceof library.WrongTurn);
    },
  ],
  [
    15,
    "a call made while the server is down is done once it is up, and once only",
    async () => {
      await told("stop");
      const creating = create({ labels: labels("15") });
      await sleep(1_000);
      await told("start");
      const id = await creating;
      const ids = await listed("15", 0, "");
      check(ids.length === 1 && ids[0] === id, ids);
    },
  ],
  [
    16,
    "any text comes back as it was",
    async () => {
      const decisionId = await create({ goal: TEXT });
      await ann.decisions.grantApproval({ decisionId, comment: TEXT });
      const { decision } = await you.decisions.getDecision({ decisionId });
      check(decision?.goal === TEXT && decision.approvals[0]?.comment === TEXT, decision?.goal);
    },
  ],
  [
    17,
    "a plan of 1,000 steps is taken, one of 1,001 is a clear error",
    async () => {
      const steps = (count: number) => ({ plan: plan(...Array.from({ length: count }, () => "write")) });
      const { decision } = await you.decisions.getDecision({ decisionId: await create(steps(1_000)) });
      check(decision?.plan?.steps.length === 1_000);
      const error = await refused(create(steps(1_001)), "INVALID_REQUEST", Code.InvalidArgument);
      check(error.fieldViolations.length === 1 && error.fieldViolations[0]?.field === "plan.steps", error);
    },
  ],
  [
    18,
    "wrong credentials are refused at once, and so are connections that would be unsafe",
    async () => {
      for (const developmentActor of [undefined, "nobody", "human:"]) {
        const nobody = library.connect(address, developmentActor === undefined ? {} : { developmentActor });
        const began = performance.now();
        await refused(create({}, nobody), "UNAUTHENTICATED", Code.Unauthenticated);
        await refused(collect("0".repeat(32), nobody), "UNAUTHENTICATED", Code.Unauthenticated);
        check(performance.now() - began < 2_000);
      }
      for (const [where, options] of [
        ["http://attest.example:7350", { developmentActor: "human:you" }],
        [address, { developmentActor: "human:you", token: "t" }],
        ["attest.example:7350", {}],
      ] as const) {
        let problem: unknown;
        try {
          library.connect(where, options);
        } catch (error) {
          problem = error;
        }
        check(problem instanceof TypeError, where);
      }
    },
  ],
  [
    19,
    "a list reads what was just written, page by page",
    async () => {
      const ids: string[] = [];
      let token = "";
      for (let i = 0; i < 5; i++) {
        const { decision, consistencyToken } = await you.decisions.createDecision(request({ labels: labels("19") }));
        ids.unshift(decision?.decisionId ?? "");
        token = consistencyToken;
      }
      const found = await listed("19", 2, token);
      check(found.join() === ids.join(), found, ids);
    },
  ],
  [
    20,
    "a run tells how far it is",
    async () => {
      const id = await create({ plan: plan("slow", "slow"), policySource: policy(1) });
      await approve(id, "ann");
      const following = collect(id);
      await you.executeAndWait(id);
      const steps = (await following).flatMap(({ kind }) =>
        kind.case === "runProgress" ? [kind.value.stepsExecuted] : [],
      );
      check(steps.length > 0 && steps.every((step, i) => step >= (steps[i - 1] ?? 0)), steps);
    },
  ],
  [
    21,
    "calls whose answers are lost are done once",
    async () => {
      const cut = as("you", proxy);
      await told("cut-on?every=80");
      const made: string[] = [];
      while (made.length < 100 || Number(await told("cuts")) < 50)
        made.push(...(await Promise.all(Array.from({ length: 5 }, () => create({ labels: labels("21") }, cut)))));
      await told("cut-off");
      const { consistencyToken } = await you.decisions.createDecision(request());
      const found = await listed("21", 200, consistencyToken);
      check(found.toSorted().join() === made.toSorted().join(), found.length, made.length);
    },
  ],
  [
    23,
    "over TLS a server is known by its authority, and by no other",
    async () => {
      const token = tokenIn("pipeline");
      await create({}, secure({ token }));
      for (const caFile of [credential("other-ca.pem"), undefined]) {
        const began = performance.now();
        const error = await refused(
          create({}, library.connect(secureAddress, { token, caFile, timeout: 2_000 })),
          "",
          Code.Internal,
        );
        check(/certificate/.test(error.message), error.message);
        check(performance.now() - began < 3_000);
      }
    },
  ],
  [
    24,
    "a token says who calls; one that is unknown or has expired is refused, and not tried again",
    async () => {
      const { decision } = await secure({ token: tokenIn("pipeline") }).decisions.createDecision(request());
      check(decision?.requester?.id === "pipeline", decision?.requester);
      for (const name of ["unknown", "expired"]) {
        const token = counted(() => tokenIn(name));
        const nobody = secure({ token });
        await refused(create({}, nobody), "UNAUTHENTICATED", Code.Unauthenticated);
        await refused(collect(decision.decisionId, nobody), "UNAUTHENTICATED", Code.Unauthenticated);
        check(token.asked === 2, token.asked);
      }
    },
  ],
  [
    25,
    "a client certificate says who calls; one of another authority, and none, are refused",
    async () => {
      const certificate = (name: string) => ({
        certFile: credential(`${name}.pem`),
        keyFile: credential(`${name}.key`),
      });
      const decisionId = await create({}, secure({ token: tokenIn("pipeline") }));
      const { event } = await secure(certificate("ann")).decisions.grantApproval({ decisionId });
      check(event?.event?.actor?.id === "ann@example.com", event);
      for (const options of [certificate("stranger"), {}]) {
        const began = performance.now();
        await refused(create({}, secure(options)), "UNAUTHENTICATED", Code.Unauthenticated);
        check(performance.now() - began < 2_000);
      }
    },
  ],
  [
    26,
    "what the roles do not allow is denied in types, and not tried again",
    async () => {
      const token = counted(() => tokenIn("pipeline"));
      const service = secure({ token });
      const decisionId = await create({}, service);
      token.asked = 0;
      await refused(service.decisions.grantApproval({ decisionId }), "PERMISSION_DENIED", Code.PermissionDenied);
      check(token.asked === 1, token.asked);
      await refused(create({}, secure({ token: issued(60) })), "PERMISSION_DENIED", Code.PermissionDenied);
    },
  ],
  [
    27,
    "a watch goes on with a new token when the old one has run out, and ends if there is none",
    async () => {
      const token = counted(issued(3));
      const ben = secure({ token });
      const late = secure({ token: await issued(3)() });
      const decisionId = await create({}, secure({ token: tokenIn("pipeline") }));
      const following = collect(decisionId, ben);
      await refused(collect(decisionId, late), "UNAUTHENTICATED", Code.Unauthenticated);
      await until(() => token.asked >= 3, "the watch asks for new tokens");
      await rejected(decisionId, ben, following);
    },
  ],
  [
    28,
    "a watch that hears nothing for too long asks anew, without a gap and without a repeat",
    async () => {
      const token = counted(issued(60));
      const decisionId = await create({}, secure({ token: tokenIn("pipeline") }));
      const following = collect(decisionId, secure({ token, silence: 500 }));
      await until(() => token.asked >= 4, "the watch asks anew");
      await rejected(decisionId, secure({ token: issued(60) }), following);
    },
  ],
  [
    29,
    "a connection that goes silent without being closed is given up, and the watch goes on over another",
    async () => {
      const decisionId = await create();
      const begun = Promise.withResolvers<void>();
      const messages: WatchDecisionResponse[] = [];
      const following = (async () => {
        for await (const message of library
          .connect(proxy, { developmentActor: "human:you", silence: 2_000 })
          .watch(decisionId)) {
          messages.push(message);
          if (message.kind.case === "caughtUp") begun.resolve();
        }
        return messages;
      })();
      await begun.promise;
      check(Number(await told("mute")) > 0);
      await rejected(decisionId, ann, following);
    },
  ],
  [
    30,
    "a watch that is cut before it hears anything new waits longer each time",
    async () => {
      const decisionId = await create();
      const following = collect(decisionId, as("you", proxy));
      await told("cut-on?every=50");
      await sleep(6_000);
      const cuts = Number(await told("cuts"));
      await told("cut-off");
      check(2 < cuts && cuts < 20, cuts);
      await rejected(decisionId, ann, following);
    },
  ],
  [
    31,
    "a watch that is given another log than before ends, and says so",
    async () => {
      const decisionId = await create();
      const change = async () => {
        await ann.decisions.grantApproval({ decisionId });
        await ann.decisions.revokeApproval({ decisionId, reason: "again" });
      };
      await told("keep");
      await change();
      await told("swap");
      await change();
      const begun = Promise.withResolvers<void>();
      const messages: WatchDecisionResponse[] = [];
      const following = (async () => {
        for await (const message of you.watch(decisionId)) {
          messages.push(message);
          if (message.kind.case === "caughtUp") begun.resolve();
        }
      })();
      await begun.promise;
      await Promise.all([refused(following, "", Code.DataLoss), told("swap").then(change)]);
      check(isRow(seqs(messages), 0, 4), seqs(messages));
    },
  ],
  [
    32,
    "a connection that takes its time to be made is waited for",
    async () => {
      await told("slow?ms=3000");
      try {
        const decisionId = await create();
        const { decision } = await as("you", proxy).decisions.getDecision({ decisionId }, { timeoutMs: 10_000 });
        check(decision?.decisionId === decisionId);
      } finally {
        await told("slow?ms=0");
      }
    },
  ],
];

/** Of certificates a browser says nothing to a page, and takes nothing from it. */
const NOT_OF_BROWSERS: readonly number[] = [23, 25];

let passed = 0;
let failed = 0;
for (const [number, what, run] of scenarios) {
  if (numbers.length > 0 && !numbers.includes(`${number}`)) continue;
  if (kind === "web" && NOT_OF_BROWSERS.includes(number)) continue;
  const began = performance.now();
  try {
    await run();
    passed += 1;
    process.stdout.write(
      `ok   ${`${number}`.padStart(2)} ${what} (${((performance.now() - began) / 1000).toFixed(1)} s)\n`,
    );
  } catch (error) {
    failed += 1;
    process.stdout.write(`FAIL ${`${number}`.padStart(2)} ${what}: ${inspect(error)}\n`);
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
