// What packages we rely on, and on which conditions. Pure, so that a test can hold it against what must not pass.

/** Licences under which anybody may use the product without further duties than to name its authors. Expressions of SPDX are looked into. */
export const LICENCES: readonly string[] = [
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
];

/** Of what only builds and tests it, and is handed on to nobody, also these. */
export const TOOL_LICENCES: readonly string[] = [...LICENCES, "MPL-2.0"];

/** Packages that want to run a script as they are installed, and work without it. */
export const SCRIPTED: readonly string[] = ["@bufbuild/buf", "esbuild", "protobufjs"];

/** Versions that must not come back, however they get into a lock: name, version, and why. */
export const REFUSED: readonly (readonly [name: string, version: string, why: string])[] = [
  ["@bufbuild/buf", "1.75.0", "its packages for some platforms do not exist: npm ci refuses the lock"],
  ["@biomejs/biome", "2.6.8", "its packages for some platforms do not exist: npm ci refuses the lock"],
  ["oxlint", "1.94.0", "its packages for some platforms do not exist: npm ci refuses the lock"],
];

/** A package as package-lock.json (version 3) has it. */
export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

export type Lock = Readonly<Record<string, LockedPackage>>;

/** What is wrong with the packages of a lock; empty: nothing. */
export function problemsOfLock(packages: Lock): string[] {
  return Object.entries(packages).flatMap(([path, locked]) => {
    if (path === "") return [];
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const problem = (words: string) => `${path}: ${words}`;
    const { version = "", resolved, integrity, license, dev, link, hasInstallScript } = locked;
    const refused = REFUSED.find(([other, bad]) => other === name && bad === version);
    const licences = dev === true ? TOOL_LICENCES : LICENCES;
    return [
      link === true ? [problem("is a link to something that is not in the lock")] : [],
      /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/.test(version)
        ? []
        : [problem(`version ${version} is not exact`)],
      /^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? "") ? [] : [problem("has no SHA-512 of what is downloaded")],
      resolved === undefined || /^https:\/\/[^@]*\.tgz$/.test(resolved)
        ? []
        : [problem(`comes from ${resolved.split(":", 1)[0]}, not out of a registry over https`)],
      isAllowed(license, licences)
        ? []
        : [problem(`licence ${license ?? "unknown"} is not among those that we rely on`)],
      hasInstallScript === true && !SCRIPTED.includes(name)
        ? [problem("wants to run a script when it is installed")]
        : [],
      refused === undefined ? [] : [problem(`version ${version} is refused: ${refused[2]}`)],
    ].flat();
  });
}

/** Whether an SPDX expression is met by licences of a list: all of an AND, one of an OR. */
export function isAllowed(expression: string | undefined, licences: readonly string[]): boolean {
  if (expression === undefined) return false;
  const text = expression.trim();
  const inner = /^\(([^()]*)\)$/.exec(text)?.[1];
  if (inner !== undefined) return isAllowed(inner, licences);
  // What is nested deeper has not come up, and is refused rather than guessed at.
  if (/[()]/.test(text)) return false;
  return text.split(" OR ").some((either) => either.split(" AND ").every((each) => licences.includes(each.trim())));
}

type Manifest = Readonly<Record<string, unknown>>;

/** Versions in a package.json that are not exact. */
export function problemsOfManifest(manifest: Manifest): string[] {
  return ["dependencies", "devDependencies", "optionalDependencies", "overrides"].flatMap((section) =>
    Object.entries((manifest[section] ?? {}) as Readonly<Record<string, string>>)
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version))
      .map(([name, version]) => `${section}.${name}: ${version} is not one exact version`),
  );
}

/** What .npmrc has to say, so that nothing runs as it is installed and nothing is pinned loosely. */
export function problemsOfNpmrc(text: string): string[] {
  const lines = text.split("\n").map((line) => line.replaceAll(/\s/g, ""));
  const wanted = ["ignore-scripts=true", "save-exact=true"].filter((line) => !lines.includes(line));
  const secret = lines.some((line) => /_auth|_password|token/i.test(line));
  return [...wanted.map((line) => `${line} is missing`), ...(secret ? ["holds a credential"] : [])];
}

/** Crates in a Cargo.lock, but those of the workspace itself, that do not come out of the registry with a checksum. */
export function problemsOfCargoLock(text: string): string[] {
  return text
    .split("[[package]]")
    .slice(1)
    .flatMap((block) => {
      const field = (name: string) => new RegExp(`^${name} = "(.*)"$`, "m").exec(block)?.[1];
      const source = field("source");
      if (source === undefined) return [];
      const isSound = source.startsWith("registry+https://") && /^[0-9a-f]{64}$/.test(field("checksum") ?? "");
      return isSound
        ? []
        : [`${field("name")} ${field("version")}: comes from ${source.split("+", 1)[0]}, or without a checksum`];
    });
}

/** Modules that a go.mod requires whose content go.sum does not pin, and those that it takes from elsewhere than this repository. */
export function problemsOfGo(mod: string, sum: string): string[] {
  const replaced = [...mod.matchAll(/^\s*(?:replace )?(\S+).* => (\S+)/gm)].map(([, path = "", by = ""]) => ({
    path,
    by,
  }));
  const own = new Set(replaced.filter(({ by }) => by.startsWith("../")).map(({ path }) => path));
  const required = [...mod.matchAll(/^\s*(?:require )?([\w.-]+(?:\/[\w.~-]+)+) (v\S+)(?!.*=>)/gm)]
    .filter(([, path = ""]) => !own.has(path))
    .map(([, path, version]) => `${path} ${version}`);
  const pinned = new Set(sum.split("\n").map((line) => line.replace(/ h1:[A-Za-z0-9+/]{43}=$/, "")));
  return [
    ...required.filter((each) => !pinned.has(each)).map((each) => `${each}: go.sum does not pin it`),
    ...replaced.filter(({ path }) => !own.has(path)).map(({ path, by }) => `${path} is replaced by ${by}`),
  ];
}
