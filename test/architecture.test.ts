import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";

const SOURCES = new URL("../src", import.meta.url).pathname;

/** What each room may import beside itself. Whatever is not named here may not be imported, libraries and Node's own modules included. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  codec: ["domain", "gen", "@bufbuild/protobuf", "canonicalize"],
  evidence: ["domain", "codec", "gen", "@bufbuild/protobuf", "@noble/curves", "node:crypto"],
  exchange: ["domain", "codec", "evidence", "@bufbuild/protobuf"],
  app: ["domain", "codec", "evidence", "exchange", "lru-cache"],
  "store/sqlite": [
    "domain",
    "app",
    "node:fs",
    "node:os",
    "node:path",
    "node:sqlite",
    "node:url",
    "node:worker_threads",
  ],
  "store/eventstoredb": ["app", "@eventstore/db-client", "@grpc/grpc-js"],
  "router/local": [
    "domain",
    "codec",
    "evidence",
    "app",
    "node:child_process",
    "node:crypto",
    "node:dns",
    "node:fs",
    "node:http",
    "node:https",
    "node:net",
    "node:path",
    "node:sqlite",
  ],
  "router/grpc": [
    "domain",
    "codec",
    "app",
    "gen",
    "@bufbuild/protobuf",
    "@connectrpc/connect",
    "@connectrpc/connect-node",
    "node:http2",
    "node:net",
    "node:tls",
  ],
  router: ["app"],
  rpc: [
    "domain",
    "codec",
    "evidence",
    "exchange",
    "app",
    "gen",
    "@bufbuild/protobuf",
    "@bufbuild/protovalidate",
    "@connectrpc/connect",
  ],
  limits: ["app", "lru-cache", "node:net"],
  http: ["app", "limits", "rpc", "node:http", "node:http2", "@connectrpc/connect", "@connectrpc/connect-node"],
  verification: ["app", "evidence", "exchange", "node:worker_threads"],
  "audit-log": ["domain", "codec", "evidence", "files", "app", "node:fs", "node:path"],
  files: ["node:fs", "node:path"],
  signing: ["domain", "evidence", "files", "node:crypto", "node:fs", "node:path", "zod"],
  config: ["domain", "node:fs", "yaml", "zod"],
  identity: ["domain", "app", "jose", "node:crypto"],
};

/** The rooms that hold how the parts are wired and how a person meets them: nothing above may import them. */
const OUTERMOST = ["cli", "."];

/** What would make the rooms of pure code depend on the time, the machine or chance. */
const IMPURE =
  /\b(Date\.now|new Date\(\)|Math\.random|process\.|performance\.|setTimeout|setInterval|fetch\(|console\.|globalThis|crypto\.|Buffer\.)/;

interface Source {
  /** Its path below src/. */
  readonly path: string;
  readonly room: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const sources = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path): Source => {
    const text = readFileSync(join(SOURCES, path), "utf8");
    return { path, room: roomOf(path), text, imports: importsOf(text, path) };
  });

describe("the boundaries of the code", () => {
  test("every folder of src/ is a room of this plan", () => {
    const rooms = new Set(sources.map(({ room }) => room));
    expect([...rooms].toSorted()).toEqual([...Object.keys(MAY_IMPORT), ...OUTERMOST].toSorted());
  });

  test("imports point one way", () => {
    const wrong = sources.flatMap(({ path, room, imports }) => {
      const allowed = MAY_IMPORT[room];
      if (allowed === undefined) return [];
      return imports
        .filter((target) => target !== room && !allowed.includes(target))
        .map((target) => `src/${path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  test("the product runs without what it is built and tested with", () => {
    const { dependencies } = JSON.parse(readFileSync(join(SOURCES, "../package.json"), "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const rooms = [...Object.keys(MAY_IMPORT), ...OUTERMOST, "gen"];
    const wrong = sources.flatMap(({ path, imports }) =>
      imports
        .filter((target) => !target.startsWith("node:") && !rooms.includes(target) && !(target in dependencies))
        .map((target) => `src/${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test("no file imports itself by way of others", () => {
    const targets = new Map(sources.map(({ path, text }) => [path, filesImportedBy(text, path)]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, way: readonly string[]): void => {
      if (way.includes(path)) cycles.push([...way.slice(way.indexOf(path)), path].join(" -> "));
      if (done.has(path) || way.includes(path)) return;
      for (const target of targets.get(path) ?? []) visit(target, [...way, path]);
      done.add(path);
    };
    for (const path of targets.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });

  test("the domain, its codec, the evidence and the exchange know no clock, no chance, no surroundings", () => {
    const wrong = sources
      .filter(({ room }) => ["domain", "codec", "evidence", "exchange"].includes(room))
      .flatMap(({ path, text }) => {
        const found = IMPURE.exec(text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, ""))?.[0];
        return found === undefined ? [] : [`src/${path}: ${found}`];
      });
    expect(wrong).toEqual([]);
  });

  test("nothing is handed on: every file is imported by its own name", () => {
    expect(sources.filter(({ text }) => /^export (\*|\{[^}]*\}) from/m.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test("one place maps domain reasons to codes, and one wires everything", () => {
    const naming = (word: RegExp) => sources.filter(({ text }) => word.test(text)).map(({ path }) => path);
    expect(naming(/\bReason \| RefusalReason\]: Code\b/)).toEqual(["rpc/errors.ts"]);
    expect(naming(/new ConnectError\([^"]/)).toEqual(["rpc/errors.ts"]);
    expect(naming(/\bconnectNodeAdapter\(/)).toEqual(["server.ts"]);
    expect(naming(/\bcreateCommandHandler\(\{/)).toEqual(["server.ts"]);
  });
});

/** The folder below src/; below store/ and router/, which hold things that do not know each other, the one below that. */
function roomOf(path: string): string {
  const [first = ".", second] = dirname(path).split("/");
  return (first === "store" || first === "router") && second !== undefined ? `${first}/${second}` : first;
}

function specifiers(text: string): readonly string[] {
  const wanted =
    /^(?:import|export)\s[^;"]*?\sfrom "([^"]+)"|^import "([^"]+)"|\bimport\("([^"]+)"\)|\bnew URL\("(\.[^"]+\.ts)"/gm;
  return [...text.matchAll(wanted)].flatMap(([, ...found]) => found.filter((specifier) => specifier !== undefined));
}

function filesImportedBy(text: string, path: string): readonly string[] {
  return specifiers(text)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => join(dirname(path), specifier));
}

/** Rooms, `gen`, packages and Node's modules. */
function importsOf(text: string, path: string): readonly string[] {
  const rooms = specifiers(text).map((specifier) => {
    if (!specifier.startsWith("."))
      return specifier.startsWith("@") ? specifier.split("/", 2).join("/") : specifier.split("/")[0];
    const target = relative(SOURCES, join(SOURCES, dirname(path), specifier));
    return target.startsWith("../gen/") ? "gen" : roomOf(target);
  });
  return [...new Set(rooms)].filter((room) => room !== undefined);
}
