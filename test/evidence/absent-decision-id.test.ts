import { expect, test } from "vitest";
import { checksThat, forge } from "./forgeries/forger.ts";

/** A log that names no decision, made good by somebody who leaves out of what is hashed whatever is absent. */
const NAMELESS = forge((given, events) => {
  delete given.controlBundle.decisionId;
  for (const event of events) delete event.decisionId;
});

test("what is absent is left out of what is hashed, and not taken for an empty text", () => {
  expect(checksThat("FAIL", NAMELESS)).toEqual([]);
});

test("an empty text in its place is hashed as it is given", () => {
  const hashedEmpty = forge((given, events) => {
    given.controlBundle.decisionId = "";
    for (const event of events) delete event.decisionId;
  });
  expect(checksThat("FAIL", hashedEmpty)).toEqual(["proto_json"]);
});
