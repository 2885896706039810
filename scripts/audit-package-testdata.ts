// Writes testdata/audit-packages anew, but for its README: good and forged packages with the reports that every verifier has to come to. All keys and times in
// them are fixed. test/evidence/threat-matrix/files.test.ts fails if the files are not what this gives.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { files } from "../test/evidence/threat-matrix/files.ts";

const DIRECTORY = new URL("../testdata/audit-packages/", import.meta.url);

for (const name of ["good", "forged", "trust"]) {
  rmSync(new URL(name, DIRECTORY), { recursive: true, force: true });
  mkdirSync(new URL(name, DIRECTORY), { recursive: true });
}
for (const [path, text] of files()) writeFileSync(new URL(path, DIRECTORY), text);
