import { expect, test } from "vitest";
import { createStreamHeads } from "../../../src/store/sqlite/stream-heads.ts";
import type { AppendOutcome } from "../../../src/store/sqlite/writer-protocol.ts";

const appended = (revision: number): AppendOutcome => ({ kind: "appended", revision, position: 100 });

test("a stream that nobody has read or written is unknown", () => {
  expect(createStreamHeads().get("decision-a")).toBeUndefined();
});

test("the latest of what was read and what was written counts, in whatever order they come", () => {
  const heads = createStreamHeads();
  heads.found("decision-a", 3);
  heads.told("decision-a", appended(4));
  heads.found("decision-a", 3);
  expect(heads.get("decision-a")).toBe(4);
  heads.found("decision-a", 6);
  heads.told("decision-a", appended(5));
  expect(heads.get("decision-a")).toBe(6);
  expect(heads.get("decision-b")).toBeUndefined();
});

test("a repeated append, answered with where it landed long ago, takes nothing back", () => {
  const heads = createStreamHeads();
  heads.told("decision-a", appended(9));
  heads.told("decision-a", appended(2));
  expect(heads.get("decision-a")).toBe(9);
});

test.each<AppendOutcome>([
  { kind: "unknown", message: "the disk did not confirm the write" },
  { kind: "unavailable", message: "nothing was written" },
  { kind: "corrupt", message: "damaged" },
])("after an append that came to $kind the revision has to be looked up", (outcome) => {
  const heads = createStreamHeads();
  heads.found("decision-a", 3);
  heads.found("decision-b", 3);
  heads.told("decision-a", outcome);
  expect([heads.get("decision-a"), heads.get("decision-b")]).toEqual([undefined, 3]);
});

test("a conflict changes nothing", () => {
  const heads = createStreamHeads();
  heads.found("decision-a", 3);
  heads.told("decision-a", { kind: "wrong_revision", actual: 3 });
  expect(heads.get("decision-a")).toBe(3);
});

test("what was forgotten is unknown", () => {
  const heads = createStreamHeads();
  heads.found("decision-a", 3);
  heads.forget();
  expect(heads.get("decision-a")).toBeUndefined();
});

test("only so many streams are remembered", () => {
  const heads = createStreamHeads();
  for (let i = 0; i < 70_000; i++) heads.found(`decision-${i}`, 0);
  expect(heads.get("decision-0")).toBeUndefined();
  expect(heads.get("decision-69999")).toBe(0);
});
