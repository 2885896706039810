// A program that follows everything: follow.ts CURSOR_FILE
//
// Prints a line for each change of a decision, for ever. Where it is stands in the file, so that it goes on there when it is started again.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { DecisionState } from "@nexus-attest/client/nexus/attest/v1/lifecycle_pb";
import { connectToServer } from "./connect.ts";

const [file = ""] = process.argv.slice(2);
const cursor = existsSync(file) ? readFileSync(file, "utf8") : "";

for await (const { kind } of connectToServer().watchAll({ cursor })) {
  if (kind.case === "change") {
    const { decisionId = "", state = DecisionState.UNSPECIFIED, goal = "" } = kind.value.decision ?? {};
    console.log(decisionId, DecisionState[state], goal);
  }
  // Only what has been dealt with is behind us. In one step, so that a crash leaves the old place or the new one.
  if (kind.case === "change" || kind.case === "caughtUp") {
    writeFileSync(`${file}.new`, kind.value.cursor);
    renameSync(`${file}.new`, file);
  }
}
