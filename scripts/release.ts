// Cuts a release: npm run release
//
// Puts into releases/VERSION, by the version of package.json, what later versions are held against: the schema as a buf image, the packages of the clients for Python and
// TypeScript as they are installed, the scenarios that these passed, and a signed package. Needs Python with pip, and the registries. docs/releasing.md says what goes before and after.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RELEASES } from "./last-release.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly version: string };
const release = join(RELEASES, version);

if (existsSync(release)) {
  process.stderr.write(
    `${version} has been released already, and a release is never changed: raise the version first\n`,
  );
  process.exit(1);
}
mkdirSync(join(release, "scenarios"), { recursive: true });
try {
  run(ROOT, "buf", "build", "proto", "--exclude-source-info", "--output", join(release, "schema.binpb"));
  run(ROOT, "python3", "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", release, "clients/python");
  const typescript = join(ROOT, "clients/typescript");
  run(typescript, "npm", "ci", "--silent");
  run(typescript, "npm", "run", "--silent", "build");
  run(typescript, "npm", "pack", "--silent", "--pack-destination", release);
  copyFileSync(join(ROOT, "clients/python/tests/scenarios.py"), join(release, "scenarios/scenarios.py"));
  copyFileSync(join(typescript, "scenarios/scenarios.ts"), join(release, "scenarios/scenarios.ts"));
  mkdirSync(join(release, "evidence"));
  for (const name of ["audit-package.signed.json", "trust-policy.json"])
    copyFileSync(join(ROOT, "docs/examples", name), join(release, "evidence", name));
} catch (error) {
  rmSync(release, { recursive: true, force: true });
  throw error;
}
process.stdout.write(`releases/${version} holds ${version}: commit it\n`);

function run(cwd: string, program: string, ...args: readonly string[]): void {
  // A fixed time inside the packages: cut twice, they are the same bytes.
  const env = { ...process.env, SOURCE_DATE_EPOCH: "315532800" };
  const { status, error } = spawnSync(program, args, { cwd, env, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed: ${error?.message ?? `exit code ${status}`}`);
}
