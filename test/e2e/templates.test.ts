import type { MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { PackageMode, Verdict } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { Mode } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import type { PolicyOverridesSchema } from "../../gen/ts/nexus/attest/v1/policy_pb.ts";
import { behindItsBack, eventsFile } from "../store/sqlite/raw-file.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { refusalOf } from "./refusal.ts";
import { adaptersIn, approve, POLICY, RELEASE } from "./release.ts";

const STRICT = { ...POLICY, maxSteps: 3, maxApprovalLifetimeSeconds: 3600, allowedAdapters: ["files"] };

const fromTemplate = (name: string, overrides?: MessageInitShape<typeof PolicyOverridesSchema>) => ({
  policySource: { case: "template" as const, value: { name, ...(overrides === undefined ? {} : { overrides }) } },
});
const MATCHING = { policySource: { case: "matchLabels" as const, value: {} } };
const PROD = [{ key: "env", value: "production" }];
const WEB = [...PROD, { key: "team", value: "web" }];

async function stage(directory = temporaryDirectory()) {
  const adapters = adaptersIn(directory);
  const server = await serverUnderTest({ directory, config: adapters.config });
  return { directory, server, bob: server.as("human:bob"), alice: server.as("human:alice") };
}

/** A decision from a template, carried out. */
async function executed(server: ServerUnderTest, overrides?: Parameters<typeof fromTemplate>[1]): Promise<string> {
  const { decisions } = server.as("human:bob");
  const { decision } = await decisions.createDecision({ ...RELEASE, ...fromTemplate("release", overrides) });
  const decisionId = decision?.decisionId ?? "";
  await approve(server, decisionId, "carol", "dave");
  await decisions.executeDecision({ decisionId, wait: { seconds: 20n } });
  return decisionId;
}

test("a template is made, shown and listed, and stays after a restart", async () => {
  const directory = temporaryDirectory();
  const { server, alice, bob } = await stage(directory);
  const request = { name: "release", policy: STRICT, matchLabels: WEB, description: "for what customers see" };
  const { template: made } = await alice.templates.createTemplate({ ...request, requestId: "make-it" });
  expect(made).toMatchObject({ ...request, creator: { id: "alice" }, digest: expect.stringMatching(/^sha256:/) });
  await alice.templates.createTemplate({ name: "draft", policy: POLICY, matchLabels: PROD });
  expect((await bob.templates.getTemplate({ name: "release" })).template).toEqual(made);
  const names = async (labels: typeof PROD) =>
    (await bob.templates.listTemplates({ labels })).templates.map(({ name }) => name);
  expect(await names([])).toEqual(["draft", "release"]);
  expect(await names(PROD)).toEqual(["draft", "release"]);
  expect(await names(WEB)).toEqual(["release"]);
  await server.close();

  const again = await stage(directory);
  expect((await again.bob.templates.getTemplate({ name: "release" })).template).toEqual(made);
  // The very same command, after the restart: the first answer.
  expect((await again.alice.templates.createTemplate({ ...request, requestId: "make-it" })).template).toEqual(made);
  expect(await refusalOf(again.alice.templates.createTemplate(request))).toMatchObject({
    code: "AlreadyExists",
    reason: "TEMPLATE_ALREADY_EXISTS",
  });
  expect(await refusalOf(again.bob.templates.getTemplate({ name: "re1ease" }))).toMatchObject({
    code: "NotFound",
    reason: "TEMPLATE_NOT_FOUND",
  });
});

test("nobody who is not authenticated makes, reads or lists templates", async () => {
  const { server } = await stage();
  const { templates } = server.as(undefined);
  for (const call of [
    () => templates.createTemplate({ name: "t", policy: POLICY }),
    () => templates.getTemplate({ name: "t" }),
    () => templates.listTemplates({}),
  ])
    expect(await refusalOf(call())).toMatchObject({ code: "Unauthenticated" });
});

describe("a decision with a policy from a template", () => {
  test("says which, with the overrides that were applied; its approvers say yes to all of it", async () => {
    const { alice, bob } = await stage();
    const { template } = await alice.templates.createTemplate({ name: "release", policy: STRICT });
    const overrides = { minApprovals: 3, maxSteps: 2 };
    const { decision } = await bob.decisions.createDecision({ ...RELEASE, ...fromTemplate("release", overrides) });
    expect(decision).toMatchObject({
      policy: { ...STRICT, minApprovals: 3, maxSteps: 2 },
      template: { name: "release", digest: template?.digest, templatePolicy: STRICT, overrides },
    });
    expect(decision?.timeline?.entries[1]?.summary).toBe(
      "bob attached a policy from template release: 3 approvals, DRY_RUN or APPLY.",
    );
    const plain = await bob.decisions.createDecision({ ...RELEASE, ...fromTemplate("release", {}) });
    expect(plain.decision?.template?.overrides).toBeUndefined();
  });

  test("looser overrides are refused field by field, over each protocol, and nothing is written", async () => {
    const { server, alice, bob } = await stage();
    await alice.templates.createTemplate({ name: "release", policy: STRICT, matchLabels: PROD });
    const overrides = {
      minApprovals: 1,
      maxSteps: 0,
      allowSelfApproval: true,
      maxApprovalLifetimeSeconds: 0,
      allowedAdapters: ["files", "files"],
    };
    for (const protocol of ["grpc", "connect", "grpc-web"] as const) {
      const { decisions } = server.as("human:bob", { protocol });
      const refusal = await refusalOf(decisions.createDecision({ ...RELEASE, ...fromTemplate("release", overrides) }));
      expect(refusal).toMatchObject({ code: "InvalidArgument", reason: "OVERRIDE_NOT_TIGHTER" });
      expect(refusal.fields).toEqual([
        "template.overrides.min_approvals",
        "template.overrides.max_steps",
        "template.overrides.allowed_adapters",
        "template.overrides.allow_self_approval",
        "template.overrides.max_approval_lifetime_seconds",
      ]);
      expect(refusal.message).toContain("min_approvals: 1 is fewer than the template's 2.");
    }
    const matched = { case: "matchLabels" as const, value: { overrides } };
    const refusal = await refusalOf(bob.decisions.createDecision({ ...RELEASE, labels: PROD, policySource: matched }));
    expect(refusal.fields).toContain("match_labels.overrides.max_steps");
    expect((await bob.decisions.listDecisions({})).decisions).toEqual([]);
  });

  test("as many and as long complaints as there can be still fit in the headers of an error", async () => {
    const { alice, bob } = await stage();
    const name = (index: number) => `${index}`.padStart(63, "x");
    const many = Array.from({ length: 32 }, (_, index) => name(index));
    const policy = {
      ...STRICT,
      allowedModes: [Mode.DRY_RUN],
      allowedAdapters: many,
      labels: many.map((key) => ({ key, value: "a" })),
      groups: many.slice(0, 16).map((group) => ({ group, minApprovals: 2 })),
      humansOnly: true,
      requireComment: true,
      requireSignedApprovals: true,
    };
    await alice.templates.createTemplate({ name: "release", policy });
    const overrides = {
      minApprovals: 1,
      allowedModes: [Mode.APPLY],
      requireAdapterCapabilities: [name(1), name(1)],
      maxSteps: 0,
      labels: many.map((key) => ({ key, value: "b" })),
      allowedAdapters: many.map((each) => each.replace("x", "y")),
      allowSelfApproval: true,
      humansOnly: false,
      groups: many.slice(0, 16).map((group) => ({ group, minApprovals: 1 })),
      requireComment: false,
      maxApprovalLifetimeSeconds: 0,
      requireSignedApprovals: false,
    };
    const refusal = await refusalOf(
      bob.decisions.createDecision({ ...RELEASE, ...fromTemplate("release", overrides) }),
    );
    expect(refusal).toMatchObject({ code: "InvalidArgument", reason: "OVERRIDE_NOT_TIGHTER" });
    expect(refusal.fields).toHaveLength(8);
    expect(refusal.message.length).toBeLessThan(2_100);
  });

  test("that matches best has more of its labels on the decision; a repeat keeps its first answer", async () => {
    const { alice, bob } = await stage();
    await alice.templates.createTemplate({ name: "production", policy: STRICT, matchLabels: PROD });
    const request = { ...RELEASE, ...MATCHING, labels: WEB, requestId: "ship-it" };
    const { decision: first } = await bob.decisions.createDecision(request);
    expect(first?.template?.name).toBe("production");
    await alice.templates.createTemplate({ name: "web", policy: POLICY, matchLabels: WEB });
    expect((await bob.decisions.createDecision(request)).decision).toEqual(first);
    const { decision: second } = await bob.decisions.createDecision({ ...request, requestId: "ship-it-too" });
    expect(second?.template?.name).toBe("web");
    await alice.templates.createTemplate({ name: "site", policy: POLICY, matchLabels: WEB });
    expect(await refusalOf(bob.decisions.createDecision({ ...request, requestId: "tie" }))).toMatchObject({
      code: "FailedPrecondition",
      reason: "AMBIGUOUS_TEMPLATE",
      metadata: { candidates: "site, web" },
    });
    expect(await refusalOf(bob.decisions.createDecision({ ...RELEASE, ...MATCHING }))).toMatchObject({
      code: "FailedPrecondition",
      reason: "NO_MATCHING_TEMPLATE",
    });
  });

  test("gets it as a draft too, by AttachPolicy, whose answer is what approvers say yes to", async () => {
    const { alice, bob } = await stage();
    await alice.templates.createTemplate({ name: "release", policy: STRICT, matchLabels: PROD });
    const { policySource: _, ...draft } = { ...RELEASE, labels: PROD };
    const { decision } = await bob.decisions.createDecision(draft);
    const decisionId = decision?.decisionId ?? "";
    const attach = { ...MATCHING, decisionId, requestId: "attach" };
    const attached = await bob.decisions.attachPolicy(attach);
    expect((await bob.decisions.attachPolicy(attach)).event).toEqual(attached.event);
    const { decision: now } = await bob.decisions.getDecision({ decisionId });
    expect(now).toMatchObject({ requestDigest: attached.requestDigest, template: { name: "release" } });
    await alice.decisions.grantApproval({ decisionId, requestDigest: attached.requestDigest });
  });
});

describe("the audit package", () => {
  test("carries the template, and both modes verify", async () => {
    const { server, alice } = await stage();
    const { template } = await alice.templates.createTemplate({ name: "release", policy: STRICT, matchLabels: PROD });
    const decisionId = await executed(server, { humansOnly: true });
    for (const mode of [PackageMode.REFERENCE, PackageMode.EMBEDDED]) {
      const { packageJson } = await alice.audit.exportAuditPackage({ decisionId, mode });
      const json = JSON.parse(Buffer.from(packageJson).toString());
      expect(json.template).toMatchObject({ name: "release", templateCreated: { policy: { maxSteps: 3 } } });
      expect(json.controlBundle.events[1].policyAttached.template.digest).toBe(template?.digest);
      const { report } = await alice.audit.verifyAuditPackage({ packageJson });
      expect(report?.verdict).toBe(Verdict.CONSISTENT);
    }
  });

  test("is refused if the store no longer holds the template that the decision used", async () => {
    const { directory, server, alice, bob } = await stage();
    await alice.templates.createTemplate({ name: "release", policy: STRICT });
    const decisionId = await executed(server);
    const exported = () => bob.audit.exportAuditPackage({ decisionId, mode: PackageMode.REFERENCE });
    await exported();
    behindItsBack(eventsFile(`${directory}/data`), (database) =>
      database
        .prepare(
          "UPDATE events SET data = replace(data, '\"minApprovals\":2', '\"minApprovals\":1'), metadata = NULL WHERE type = 'TEMPLATE_CREATED'",
        )
        .run(),
    );
    expect(await refusalOf(exported())).toMatchObject({
      code: "DataLoss",
      reason: "STORED_LOG_CORRUPT",
      message: expect.stringMatching(/template release does not replay: its digest is sha256:/),
    });
  });
});
