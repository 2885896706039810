// Runs a client's scenarios against servers of this checkout: node clients/harness/run.ts COMMAND [ARGUMENT…]
//
// The command finds in its environment
//   NEXUS_ATTEST_ADDRESS       a server with development identity, http://127.0.0.1:port
//   NEXUS_ATTEST_PROXY         the same server behind a proxy that makes trouble when it is told to
//   NEXUS_ATTEST_SECURE        a server with TLS that wants proof of who calls and knows roles, https://127.0.0.1:port
//   NEXUS_ATTEST_CREDENTIALS   a folder with what callers show it: clients/scenarios.md says what is in there
//   NEXUS_ATTEST_CONTROL       where it asks for trouble, by GET: /stop (SIGTERM), /kill (SIGKILL), /start, /cut-on?every=MS (on average), /cuts (how many were cut
//                              since), /cut-off, /mute (connections that there are go silent), /slow?ms=N (new ones take so long), /keep (restarts, and keeps a
//                              copy of what is stored between), /swap (restarts, and exchanges what is stored for the copy between), /token?seconds=N (of the issuer, for ben)
// Clients of former releases are run by this too: what is said here is not taken away.
//
// With NEXUS_ATTEST_RESULTS, a folder, it leaves there what became of each scenario, under the name NEXUS_ATTEST_CLIENT; else it leaves nothing behind. Its exit code is the
// command's.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createCredentials } from "./credentials.ts";
import { createTroublingProxy } from "./proxy.ts";
import { keepResults, type Result, resultIn } from "./results.ts";
import { createServerUnderTest } from "./server.ts";

/** Carries a step out; the method `slow` takes a second, so that progress can be seen. */
const ADAPTER = `#!/bin/sh
set -eu
[ "$1" = call ] && [ "$4" = --json-args-file ]
[ "$3" != slow ] || sleep 1
printf '{"carried_out": "%s"}' "$2/$3"
`;

const [command, ...words] = process.argv.slice(2);
if (command === undefined) throw new TypeError("say what to run");
const { NEXUS_ATTEST_RESULTS: kept, NEXUS_ATTEST_CLIENT: client = "a client" } = process.env;
const work = mkdtempSync(join(tmpdir(), "nexus-attest-clients-"));
const adapters = [
  { id: "tool", kind: "subprocess", command: [adapterIn(work)], capabilities: ["apply", "dry_run"], cwd: work },
];
const credentials = await createCredentials(work);
const server = createServerUnderTest(subdirectory("open"), { adapters });
const secure = createServerUnderTest(subdirectory("secure"), { adapters, ...credentials.configuration });
const proxy = createTroublingProxy(() => server.port);
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));
process.once("exit", () => {
  server.kill();
  secure.kill();
  rmSync(work, { recursive: true, force: true });
});
await Promise.all([server.start(), secure.start()]);
const control = createHttpServer((request, response) => {
  obey(new URL(request.url ?? "/", "http://control"))
    .then((answer) => response.end(answer))
    .catch((error: unknown) => response.writeHead(500).end(String(error)));
});
const scenarios = spawn(command, words, {
  stdio: ["ignore", "pipe", "inherit"],
  env: {
    ...process.env,
    NEXUS_ATTEST_ADDRESS: `http://127.0.0.1:${server.port}`,
    NEXUS_ATTEST_PROXY: `http://127.0.0.1:${await listen(proxy.server)}`,
    NEXUS_ATTEST_SECURE: `https://127.0.0.1:${secure.port}`,
    NEXUS_ATTEST_CREDENTIALS: credentials.directory,
    NEXUS_ATTEST_CONTROL: `http://127.0.0.1:${await listen(control)}`,
  },
});
const results: Result[] = [];
scenarios.stdout.pipe(process.stdout);
createInterface({ input: scenarios.stdout }).on("line", (line) => {
  const result = resultIn(line, client);
  if (result !== undefined) results.push(result);
});
const [code] = (await once(scenarios, "close")) as [number | null];
if (kept !== undefined && results.length > 0) keepResults(kept, client, results);
process.exit(code ?? 1);

async function obey({ pathname, searchParams }: URL): Promise<string> {
  switch (pathname) {
    case "/stop":
      await server.stop("SIGTERM");
      return "stopped";
    case "/kill":
      await server.stop("SIGKILL");
      return "killed";
    case "/start":
      await server.start();
      return "started";
    case "/cut-on":
      proxy.cutEvery(Number(searchParams.get("every") ?? 50));
      return "cutting";
    case "/cuts":
      return `${proxy.cuts()}`;
    case "/cut-off":
      proxy.stopCutting();
      return "not cutting";
    case "/mute":
      return `${proxy.mute()}`;
    case "/slow":
      proxy.slowDown(Number(searchParams.get("ms") ?? 0));
      return "as told";
    case "/keep":
      await server.stop("SIGTERM");
      server.keepStored();
      await server.start();
      return "kept";
    case "/swap":
      await server.stop("SIGTERM");
      server.swapStored();
      await server.start();
      return "swapped";
    case "/token":
      return await credentials.token(Number(searchParams.get("seconds") ?? 60));
    default:
      throw new TypeError(`there is no ${pathname}`);
  }
}

function adapterIn(directory: string): string {
  const adapter = join(directory, "adapter");
  writeFileSync(adapter, ADAPTER);
  chmodSync(adapter, 0o755);
  return adapter;
}

function subdirectory(name: string): string {
  const directory = join(work, name);
  mkdirSync(directory);
  return directory;
}

async function listen(some: Server | HttpServer): Promise<number> {
  some.listen(0, "127.0.0.1");
  await once(some, "listening");
  some.unref();
  return (some.address() as AddressInfo).port;
}
