// Holds the locks in the repository, and what is installed, against the rules for what we rely on. Offline. Exits with 1 if anything breaks them.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Lock,
  problemsOfCargoLock,
  problemsOfGo,
  problemsOfLock,
  problemsOfManifest,
  problemsOfNpmrc,
} from "./dependency-rules.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const problems = [
  // The client is a library: what installs it chooses within its ranges.
  ...named("package.json", problemsOfManifest(JSON.parse(read("package.json")) as Readonly<Record<string, unknown>>)),
  ...[".npmrc", "clients/typescript/.npmrc"].flatMap((file) => named(file, problemsOfNpmrc(read(file)))),
  ...["", "clients/typescript"].flatMap((directory) => ofNpm(directory)),
  ...named("clients/rust/Cargo.lock", problemsOfCargoLock(read("clients/rust/Cargo.lock"))),
  ...named("clients/go", problemsOfGo(read("clients/go/go.mod"), read("clients/go/go.sum"))),
  ...installed(),
];
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

function ofNpm(directory: string): string[] {
  const { packages } = JSON.parse(read(join(directory, "package-lock.json"))) as { readonly packages: Lock };
  return named(join(directory, "package-lock.json"), problemsOfLock(packages));
}

/** What is installed says of itself what the lock says of it: whoever changed one of the two shows. */
function installed(): string[] {
  const { packages } = JSON.parse(read("package-lock.json")) as { readonly packages: Lock };
  return Object.entries(packages).flatMap(([path, { version, license }]) => {
    const file = join(path, "package.json");
    // What is for other platforms is not there.
    if (path === "" || !existsSync(join(ROOT, file))) return [];
    const own = JSON.parse(read(file)) as {
      readonly version?: string;
      readonly license?: string | { readonly type: string };
    };
    const claimed = typeof own.license === "object" ? own.license.type : own.license;
    return [
      own.version === version ? [] : [`${path}: installed is ${own.version}, the lock says ${version}`],
      claimed === license ? [] : [`${path}: installed under ${claimed}, the lock says ${license}`],
    ].flat();
  });
}

function named(file: string, found: readonly string[]): string[] {
  return found.map((problem) => `${file}: ${problem}`);
}
