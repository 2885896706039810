// The verifiers of audit packages, the product's first: how each is built, and what is run. clients/verifiers.md says what `many` is.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The product's own verifier: not written from the pages alone, but what the others are compared with. */
export const PRODUCT = "nexus-attest";

export interface Verifier {
  readonly name: string;
  /** Commands, from the folder, that build it; none where there is nothing to build. */
  readonly folder: string;
  readonly build: readonly (readonly string[])[];
  /** What has to be there for it to run; the first that is. Empty if nothing is. */
  readonly built: () => string;
  /** The program verify-many. */
  readonly many: () => readonly string[];
  /** The command line that is used as `nexus-attest verify` is. */
  readonly command: () => readonly string[];
}

const NODE = [join(ROOT, "node_modules", ".bin", "node"), "--disable-warning=ExperimentalWarning"];
const RUST_TARGET = process.env["CARGO_TARGET_DIR"] ?? at("clients/rust/verify/target");

export const VERIFIERS: readonly Verifier[] = [
  {
    name: PRODUCT,
    folder: ".",
    build: [],
    built: () => firstOf(at("src/main.ts")),
    many: () => [...NODE, at("test/independent/verify-many.ts")],
    command: () => [at("nexus-attest"), "verify"],
  },
  {
    name: "Python",
    folder: "clients/python",
    build: [],
    built: () => firstOf(at("clients/python/tests/verify_many.py")),
    many: () => ["python3", "-B", at("clients/python/tests/verify_many.py")],
    command: () => ["env", `PYTHONPATH=${at("clients/python/src")}`, "python3", "-Bm", "nexus_attest_client.verifier"],
  },
  {
    name: "Go",
    folder: "clients/go",
    build: [["go", "build", "-o", "dist/", "./cmd/verify-many", "./cmd/nexus-attest-verify"]],
    built: () => firstOf(at("clients/go/dist/verify-many")),
    many: () => [at("clients/go/dist/verify-many")],
    command: () => [at("clients/go/dist/nexus-attest-verify")],
  },
  {
    name: "TypeScript",
    folder: "clients/typescript",
    build: [
      ["npm", "ci", "--silent"],
      ["npm", "run", "--silent", "build"],
    ],
    built: () => firstOf(at("clients/typescript/dist/verify.js")),
    many: () => [...NODE, at("clients/typescript/scenarios/verify-many.ts")],
    command: () => [...NODE, at("clients/typescript/dist/verify/command/main.js")],
  },
  {
    name: "Rust",
    folder: "clients/rust/verify",
    build: [["cargo", "build", "--quiet", "--release", "--locked"]],
    built: rustFolder,
    many: () => [join(rustFolder(), "verify-many")],
    command: () => [join(rustFolder(), "nexus-attest-verify")],
  },
  {
    name: "Java",
    folder: "clients/java/verify",
    build: [["mvn", "--quiet", "--batch-mode", "package", "-DskipTests"]],
    built: jar,
    many: () => ["java", "-cp", jar(), "io.nexusattest.verify.VerifyMany"],
    command: () => ["java", "-jar", jar()],
  },
];

function at(path: string): string {
  return join(ROOT, path);
}

function firstOf(...paths: readonly string[]): string {
  return paths.find((path) => existsSync(path)) ?? "";
}

/** Where cargo put the programs. */
function rustFolder(): string {
  const found = firstOf(join(RUST_TARGET, "release", "verify-many"), join(RUST_TARGET, "debug", "verify-many"));
  return found === "" ? "" : join(found, "..");
}

function jar(): string {
  const target = at("clients/java/verify/target");
  const jars = existsSync(target)
    ? readdirSync(target).filter((name) => /^nexus-attest-verify-[\d.]+\S*\.jar$/.test(name))
    : [];
  return firstOf(
    ...jars.filter((name) => !/-(sources|javadoc|tests)\.jar$/.test(name)).map((name) => join(target, name)),
  );
}
