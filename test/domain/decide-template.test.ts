import { describe, expect, test } from "vitest";
import { type CreateTemplate, decideTemplate, isOf, isTemplateRepeat } from "../../src/domain/decide-template.ts";
import type { Digest } from "../../src/domain/ids.ts";
import {
  evolveTemplate,
  IllegalTemplateEvent,
  type RecordedTemplate,
  type TemplateCreated,
} from "../../src/domain/template.ts";
import { alice, bob, minute, POLICY } from "./facts.ts";

const CREATED: TemplateCreated = {
  type: "TEMPLATE_CREATED",
  policy: POLICY,
  matchLabels: [{ key: "env", value: "production" }],
  description: "for what customers see",
};

const RECORDED: RecordedTemplate = {
  event: {
    eventId: "id",
    name: "release",
    occurredAt: minute(0),
    actor: alice,
    delegate: undefined,
    requestId: "make-it",
    body: CREATED,
  },
  digest: "digest" as Digest,
};

const command = (changes: Partial<TemplateCreated> = {}): CreateTemplate => ({
  type: "CREATE_TEMPLATE",
  created: { ...CREATED, ...changes },
});

test("a template is its one event", () => {
  expect(evolveTemplate(undefined, RECORDED)).toEqual({
    name: "release",
    policy: POLICY,
    matchLabels: CREATED.matchLabels,
    description: "for what customers see",
    creator: alice,
    createdAt: minute(0),
    requestId: "make-it",
    digest: "digest",
  });
  expect(() => evolveTemplate(evolveTemplate(undefined, RECORDED), RECORDED)).toThrow(IllegalTemplateEvent);
});

describe("creating a template", () => {
  test("writes what was asked for", () => {
    expect(decideTemplate(command(), "release", undefined)).toEqual({ accepted: true, event: CREATED });
  });

  test.each<[string, Partial<TemplateCreated>, string]>([
    [
      "a match label twice",
      { matchLabels: ["a", "b"].map((value) => ({ key: "env", value })) },
      "match_labels: the key env stands more than once.",
    ],
    [
      "a label of the policy twice",
      { policy: { ...POLICY, labels: ["a", "b"].map((value) => ({ key: "env", value })) } },
      "policy.labels: the key env stands more than once.",
    ],
    [
      "a group twice",
      { policy: { ...POLICY, groups: [1, 2].map((minApprovals) => ({ group: "ops", minApprovals })) } },
      "policy.groups: the group ops stands more than once.",
    ],
  ])("is refused with %s", (_, changes, message) => {
    expect(decideTemplate(command(changes), "release", undefined)).toEqual({
      accepted: false,
      rejection: { reason: "INVALID_REQUEST", message },
    });
  });

  test("is refused where the name is taken, be it for the same", () => {
    expect(decideTemplate(command(), "release", evolveTemplate(undefined, RECORDED))).toEqual({
      accepted: false,
      rejection: {
        reason: "TEMPLATE_ALREADY_EXISTS",
        message: "There is a template release, and a template is never changed: choose another name.",
      },
    });
  });
});

test("a repeat comes from the same actor, with the same request id, and asks for the same", () => {
  const template = evolveTemplate(undefined, RECORDED);
  expect(isOf(template, alice, "make-it")).toBe(true);
  expect(isOf(template, bob, "make-it")).toBe(false);
  expect(isOf(template, { type: "SYSTEM", id: alice.id }, "make-it")).toBe(false);
  expect(isOf(template, alice, "make-another")).toBe(false);
  expect(isTemplateRepeat(command(), template)).toBe(true);
  expect(isTemplateRepeat(command({ description: "" }), template)).toBe(false);
  expect(isTemplateRepeat(command({ matchLabels: [] }), template)).toBe(false);
  expect(isTemplateRepeat(command({ policy: { ...POLICY, minApprovals: 1 } }), template)).toBe(false);
});
