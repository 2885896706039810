import { describe, expect, test, vi } from "vitest";
import { MAX_TEMPLATE_BYTES } from "../../src/app/create-template.ts";
import type { EventStore } from "../../src/app/event-store.ts";
import { Refused } from "../../src/app/refused.ts";
import { MAX_TEMPLATES, MAX_TEMPLATES_KEPT, WAIT_FOR_TEMPLATES } from "../../src/app/template-catalogue.ts";
import { readTemplate, templateStreamOf } from "../../src/app/template-log.ts";
import { sealTemplate } from "../../src/evidence/template-log.ts";
import { eventually } from "../support/eventually.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { caller, creation, newDecisionId, POLICY } from "./decisions-under-test.ts";
import {
  created,
  labels,
  MATCHING,
  named,
  openEmbedded,
  overriding,
  plant,
  STORES,
  storedTemplate,
  templatesUnderTest,
} from "./templates-under-test.ts";

const refusedWith = (reason: string) => ({ name: "Refused", reason });

describe.each(STORES)("on the store %s", (_, open) => {
  test("a template is stored as it was asked for, once, under the digest of its event", async () => {
    const store = await open();
    const templates = templatesUnderTest(store);
    const made = await templates.create("release", "env=prod", { description: "for what customers see" });
    const [stored, ...rest] = await Array.fromAsync(store.read(templateStreamOf("release")));
    expect(rest).toEqual([]);
    expect(stored).toMatchObject({ type: "TEMPLATE_CREATED", metadata: `{"digest":"${made.digest}"}` });
    const log = await readTemplate(store, "release", undefined);
    expect(log?.template).toEqual(made);
    expect(log?.recorded.event).toMatchObject({ name: "release", actor: { type: "HUMAN", id: "alice" } });
    expect(sealTemplate((log as NonNullable<typeof log>).recorded.event)).toMatchObject({
      text: stored?.data,
      digest: made.digest,
    });
    expect(made).toMatchObject({ description: "for what customers see", matchLabels: labels("env=prod") });
    expect(await readTemplate(store, "releas", undefined)).toBeUndefined();
  });

  test("a repeat gets the first answer and writes nothing; the name is taken for everything else", async () => {
    const store = await open();
    const templates = templatesUnderTest(store);
    const alice = caller("alice", "make-it");
    const first = await templates.make(alice, "release", created());
    expect(await templates.make(alice, "release", created())).toEqual(first);
    // A second server, to which the command comes for the first time.
    const other = templatesUnderTest(store);
    expect(await other.make(alice, "release", created())).toEqual(first);
    await expect(templates.make(alice, "release", created({ description: "else" }))).rejects.toMatchObject(
      refusedWith("REQUEST_ID_REUSED"),
    );
    await expect(templates.make(caller("bob", "make-it"), "release", created())).rejects.toMatchObject(
      refusedWith("TEMPLATE_ALREADY_EXISTS"),
    );
    expect(await Array.fromAsync(store.read(templateStreamOf("release")))).toHaveLength(1);
  });

  test("of two servers that make one of the same name at the same time, one does", async () => {
    const store = await open();
    const [one, two] = [templatesUnderTest(store), templatesUnderTest(store)];
    const made = await Promise.allSettled([one.create("release"), two.create("release", "env=prod")]);
    expect(made.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(made.find(({ status }) => status === "rejected")).toMatchObject({
      reason: refusedWith("TEMPLATE_ALREADY_EXISTS"),
    });
  });

  test("lists give at once what this server made, and soon what others did, also after a restart", async () => {
    const store = await open();
    const [one, two] = [templatesUnderTest(store), templatesUnderTest(store)];
    for (const name of ["b", "c", "a"]) {
      await one.create(name);
      expect(await one.names()).toContain(name);
    }
    expect(await one.names()).toEqual(["a", "b", "c"]);
    await eventually("the other server lists them", async () => (await two.names()).join() === "a,b,c");
    expect(await templatesUnderTest(store).names()).toEqual(["a", "b", "c"]);
  });

  test("a decision gets the template's policy, tightened, and records all of it", async () => {
    const templates = templatesUnderTest(await open());
    const { digest } = await templates.create("release");
    const overrides = overriding({ minApprovals: 3, humansOnly: true });
    const { attached } = await templates.request(named("release", overrides));
    expect(attached).toEqual({
      type: "POLICY_ATTACHED",
      policy: { ...POLICY, minApprovals: 3, humansOnly: true },
      template: { name: "release", digest, templatePolicy: POLICY, overrides },
    });
    await expect(templates.request(named("re1ease"))).rejects.toMatchObject(refusedWith("TEMPLATE_NOT_FOUND"));
    await expect(templates.request(named("release", overriding({ minApprovals: 0 })))).rejects.toMatchObject({
      ...refusedWith("OVERRIDE_NOT_TIGHTER"),
      violations: [{ field: "template.overrides.min_approvals" }],
    });
  });

  test("a draft gets a policy from a template too, matched by the draft's own labels", async () => {
    const templates = templatesUnderTest(await open());
    await templates.create("prod", "env=prod");
    const decisionId = newDecisionId();
    const draft = { ...creation({ labels: labels("env=prod") }), policy: undefined };
    await templates.handle(caller("bob"), decisionId, draft as ReturnType<typeof creation>);
    const { decision } = await templates.attach(decisionId, MATCHING);
    expect(decision.policy?.template?.name).toBe("prod");
    await expect(templates.attach(decisionId, MATCHING)).rejects.toMatchObject(refusedWith("POLICY_ALREADY_ATTACHED"));
  });

  test("a repeat gets the first answer, though a better match was made meanwhile; a new request gets the better one", async () => {
    const store = await open();
    const templates = templatesUnderTest(store);
    await templates.create("prod", "env=prod");
    const bob = caller("bob", "ship-it");
    const first = await templates.request(MATCHING, "env=prod team=web", bob);
    expect(first.use?.name).toBe("prod");
    await templates.create("prod-web", "env=prod team=web");
    const again = await templates.request(MATCHING, "env=prod team=web", bob, first.decisionId);
    expect(again).toMatchObject({ repeated: true, attached: first.attached });
    // So by the log alone, on a server that has not even read its templates yet.
    const other = templatesUnderTest(store, { follows: false });
    expect(await other.request(MATCHING, "env=prod team=web", bob, first.decisionId)).toMatchObject({ repeated: true });
    await expect(
      templates.request(
        { ...MATCHING, overrides: overriding({ minApprovals: 2 }) },
        "env=prod team=web",
        bob,
        first.decisionId,
      ),
    ).rejects.toMatchObject(refusedWith("REQUEST_ID_REUSED"));
    expect((await templates.request(MATCHING, "env=prod team=web")).use?.name).toBe("prod-web");
  });

  test("a tie is refused with the candidates, and no match is refused", async () => {
    const templates = templatesUnderTest(await open());
    await templates.create("prod", "env=prod");
    await templates.create("web", "team=web");
    await templates.create("any");
    await expect(templates.request(MATCHING, "env=prod team=web")).rejects.toMatchObject({
      ...refusedWith("AMBIGUOUS_TEMPLATE"),
      facts: { candidates: "prod, web" },
    });
    await expect(templates.request(MATCHING, "env=test")).rejects.toMatchObject(refusedWith("NO_MATCHING_TEMPLATE"));
  });

  const looser = { policy: { ...POLICY, allowSelfApproval: true } };
  const tampered = () => {
    const { data } = storedTemplate("release", looser);
    // Whoever changes the event only: the digest beside it is still that of the strict one.
    return { ...storedTemplate("release"), data };
  };

  test.each<[string, (store: EventStore) => Promise<void>]>([
    ["was changed", (store) => plant(store, "release", tampered())],
    [
      "is not in canonical form",
      (store) => plant(store, "release", { ...storedTemplate("release"), data: '{"name":"release"}' }),
    ],
    ["is that of another name", (store) => plant(store, "release", storedTemplate("strict", looser))],
    [
      "is stored under another type",
      (store) => plant(store, "release", { ...storedTemplate("release"), type: "TEMPLATE_CHANGED" }),
    ],
    [
      "was followed by another",
      async (store) => {
        await plant(store, "release", storedTemplate("release"));
        await plant(store, "release", storedTemplate("release", looser), 0);
      },
    ],
  ])(
    "a template whose event %s is refused by name, for matching, and for making it anew; lists leave it out",
    async (_, damage) => {
      const store = await open();
      const templates = templatesUnderTest(store);
      await templates.create("prod", "env=prod");
      await damage(store);
      await eventually("the damage is noticed", async () =>
        (await templates.catalogue.all()).unreadable.includes("release"),
      );
      const corrupt = refusedWith("STORED_LOG_CORRUPT");
      await expect(readTemplate(store, "release", undefined)).rejects.toMatchObject(corrupt);
      await expect(templates.request(named("release"))).rejects.toMatchObject(corrupt);
      await expect(templates.request(MATCHING, "env=prod")).rejects.toMatchObject(corrupt);
      await expect(templates.create("release")).rejects.toMatchObject(corrupt);
      expect(await templates.names()).toEqual(["prod"]);
      expect(templates.log.lines).toMatchObject([{ level: "error", facts: { template: "release" } }]);
      // What is not damaged can be used all the same.
      expect((await templates.request(named("prod"))).use?.name).toBe("prod");
    },
  );
});

test("a template exchanged in the store after it was read is not used for a match", async () => {
  const real = await openEmbedded();
  const another = await openEmbedded();
  let isExchanged = false;
  const store: EventStore = { ...real, read: (...call) => (isExchanged ? another : real).read(...call) };
  const templates = templatesUnderTest(store);
  await templates.create("prod", "env=prod");
  await plant(another, "prod", storedTemplate("prod", { matchLabels: labels("env=prod") }));
  isExchanged = true;
  await expect(templates.request(MATCHING, "env=prod")).rejects.toMatchObject(refusedWith("STORED_LOG_CORRUPT"));
});

test("whoever made a template finds it at once, though the store has not told of it yet", async () => {
  const real = await openEmbedded();
  const store: EventStore = {
    ...real,
    // Caught up with an empty store, and silent from then on.
    async *follow(_prefix, _after, { signal } = {}) {
      yield { kind: "caught_up", position: undefined };
      await new Promise((resolve) => signal?.addEventListener("abort", resolve));
    },
  };
  const templates = templatesUnderTest(store);
  await templates.create("prod", "env=prod");
  expect(await templates.names()).toEqual(["prod"]);
  expect((await templates.request(MATCHING, "env=prod")).use?.name).toBe("prod");
});

describe("pages", () => {
  test("go by name, with a filter, and are stable while templates are made", async () => {
    const templates = templatesUnderTest(await openEmbedded());
    for (const name of ["a", "b", "c", "d", "e"])
      await templates.create(name, name === "c" ? "env=test" : "env=prod team=web");
    const query = { labels: labels("env=prod"), pageSize: 2, pageToken: "" };
    const first = await templates.list(query);
    expect(first.templates.map(({ name }) => name)).toEqual(["a", "b"]);
    await templates.create("aa", "env=prod");
    await templates.create("dd", "env=prod");
    const second = await templates.list({ ...query, pageToken: first.nextPageToken });
    expect(second.templates.map(({ name }) => name)).toEqual(["d", "dd"]);
    const third = await templates.list({ ...query, pageToken: second.nextPageToken });
    expect(third.templates.map(({ name }) => name)).toEqual(["e"]);
    expect(third.nextPageToken).toBe("");
    for (const pageToken of [`${first.nextPageToken} `, "b", first.nextPageToken.replace(/^./, "z")])
      await expect(templates.list({ ...query, pageToken })).rejects.toMatchObject(refusedWith("INVALID_PAGE_TOKEN"));
    await expect(templates.list({ ...query, labels: [], pageToken: first.nextPageToken })).rejects.toMatchObject(
      refusedWith("INVALID_PAGE_TOKEN"),
    );
  });

  test("end early where templates are large, and lose none", async () => {
    const templates = templatesUnderTest(await openEmbedded());
    // Stands for six characters each in stored form, and in memory for as many in this list.
    const description = "\u0001".repeat(4_096);
    for (let index = 100; index < 160; index++) await templates.create(`t${index}`, "", { description });
    const names: string[] = [];
    let pages = 0;
    for (let pageToken = ""; ; pages++) {
      const page = await templates.list({ labels: [], pageSize: 200, pageToken });
      names.push(...page.templates.map(({ name }) => name));
      pageToken = page.nextPageToken;
      if (pageToken === "") break;
    }
    expect(pages).toBeGreaterThan(0);
    expect(names).toEqual(Array.from({ length: 60 }, (_, index) => `t${100 + index}`));
  });
});

describe("limits", () => {
  test("a template of more than 32 KiB is refused", async () => {
    const templates = templatesUnderTest(await openEmbedded());
    const bytes = Buffer.byteLength(storedTemplate("release").data);
    const description = "x".repeat(MAX_TEMPLATE_BYTES - bytes);
    await expect(
      templates.create("release", "", { description: `${description}${description}` }),
    ).rejects.toMatchObject({
      ...refusedWith("EVENT_TOO_LARGE"),
      facts: { max_bytes: "32768" },
    });
    await templates.create("release", "", { description: description.slice(200) });
  });

  test("no more than 1,000 templates are made; a repeat of what was made still gets its answer", async () => {
    const store = await openEmbedded();
    for (let index = 0; index < MAX_TEMPLATES - 1; index++)
      await plant(store, `t${index}`, storedTemplate(`t${index}`));
    const templates = templatesUnderTest(store);
    const alice = caller("alice", "the-last");
    // At the same time: the limit holds for all of them together.
    const made = await Promise.allSettled([
      templates.make(alice, "last", created()),
      templates.create("one-more"),
      templates.create("another"),
    ]);
    expect(made.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(made[1]).toMatchObject({
      reason: { ...refusedWith("TOO_MANY_TEMPLATES"), facts: { max_templates: "1000" } },
    });
    expect(await templates.make(alice, "last", created())).toMatchObject({ name: "last" });
  });

  test("a store flooded behind our back is not taken into memory: no match, no list, but use by name", async () => {
    const store = await openEmbedded();
    for (let index = 0; index <= MAX_TEMPLATES_KEPT; index++)
      await plant(store, `t${index}`, storedTemplate(`t${index}`, { matchLabels: labels("env=prod") }));
    const templates = templatesUnderTest(store);
    const tooMany = refusedWith("TOO_MANY_TEMPLATES");
    await expect(templates.names()).rejects.toMatchObject(tooMany);
    await expect(templates.request(MATCHING, "env=prod")).rejects.toMatchObject(tooMany);
    await expect(templates.create("one-more")).rejects.toMatchObject(tooMany);
    expect((await templates.request(named("t7"))).use?.name).toBe("t7");
  });

  test("whoever loses the role while the templates are waited for makes none, and is not told whether there is one", async () => {
    const templates = templatesUnderTest(await openEmbedded());
    await templates.create("release");
    let mayMake = true;
    const permit = () => {
      if (!mayMake) throw new Refused("PERMISSION_DENIED", "not any more");
    };
    const everything = await templates.catalogue.all();
    vi.spyOn(templates.catalogue, "all").mockImplementation(() => {
      mayMake = false;
      return Promise.resolve(everything);
    });
    for (const name of ["another", "release"])
      await expect(templates.make({ ...caller("ida"), permit }, name, created())).rejects.toMatchObject(
        refusedWith("PERMISSION_DENIED"),
      );
    vi.restoreAllMocks();
    expect(await templates.names()).toEqual(["release"]);
  });

  test("before the templates have been read nothing is matched or listed: the store is said to be unavailable", async () => {
    const clock = createManualClock();
    const templates = templatesUnderTest(await openEmbedded(), { clock, follows: false });
    const listed = templates.names();
    const refused = expect(listed).rejects.toThrow("the templates have not all been read yet");
    clock.advance(WAIT_FOR_TEMPLATES);
    await refused;
  });

  test("whoever no longer waits for them is let go at once", async () => {
    const templates = templatesUnderTest(await openEmbedded(), { follows: false });
    const signal = AbortSignal.abort(new Error("gone"));
    await expect(templates.catalogue.all(signal)).rejects.toThrow("gone");
  });
});
