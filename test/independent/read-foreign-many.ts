// Reads each file that is named on standard input, a path a line, as one of nexus-attest (Python), and prints for each, as JSON on a line, the problem or null.
import { readFileSync } from "node:fs";
import { readForeignBundle } from "../../src/exchange/read-foreign-bundle.ts";

for (const path of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const read = readForeignBundle(readFileSync(path));
  process.stdout.write(`${JSON.stringify("problem" in read ? read.problem : null)}\n`);
}
