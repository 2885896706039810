// Runs a client's scenarios against a server of this checkout: node clients/harness/run.ts COMMAND [ARGUMENT…]
//
// The command finds in its environment
//   NEXUS_ATTEST_ADDRESS   the server, http://127.0.0.1:port
//   NEXUS_ATTEST_PROXY     the same server behind a proxy that cuts connections while it is told to
//   NEXUS_ATTEST_CONTROL   where it asks for trouble, by GET: /stop (SIGTERM), /kill (SIGKILL), /start, /cut-on?every=MS (on average), /cuts (how many were cut since), /cut-off
// Leaves nothing behind. Its exit code is the command's.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** How long a server may take to come up, in milliseconds. */
const START_WITHIN = 30_000;

/** Carries a step out; the method `slow` takes a second, so that progress can be seen. */
const ADAPTER = `#!/bin/sh
set -eu
[ "$1" = call ] && [ "$4" = --json-args-file ]
[ "$3" != slow ] || sleep 1
printf '{"carried_out": "%s"}' "$2/$3"
`;

const [command, ...words] = process.argv.slice(2);
if (command === undefined) throw new TypeError("say what to run");
const work = mkdtempSync(join(tmpdir(), "nexus-attest-clients-"));
const server = createServerUnderTest();
const proxy = createCuttingProxy(() => server.port);
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));
process.once("exit", () => {
  server.kill();
  rmSync(work, { recursive: true, force: true });
});
await server.start();
const control = createHttpServer((request, response) => {
  obey(new URL(request.url ?? "/", "http://control"))
    .then((answer) => response.end(answer))
    .catch((error: unknown) => response.writeHead(500).end(String(error)));
});
const scenarios = spawn(command, words, {
  stdio: ["ignore", "inherit", "inherit"],
  env: {
    ...process.env,
    NEXUS_ATTEST_ADDRESS: `http://127.0.0.1:${server.port}`,
    NEXUS_ATTEST_PROXY: `http://127.0.0.1:${await proxy.listen()}`,
    NEXUS_ATTEST_CONTROL: `http://127.0.0.1:${await listen(control)}`,
  },
});
const [code] = (await once(scenarios, "exit")) as [number | null];
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
    default:
      throw new TypeError(`there is no ${pathname}`);
  }
}

/** A server with its own data, always on the same port. */
function createServerUnderTest() {
  const adapter = join(work, "adapter");
  writeFileSync(adapter, ADAPTER);
  chmodSync(adapter, 0o755);
  let child: ChildProcess | undefined;
  let port = 0;
  return {
    get port() {
      return port;
    },
    async start(): Promise<void> {
      const file = join(work, "config.json");
      const adapters = [
        { id: "tool", kind: "subprocess", command: [adapter], capabilities: ["apply", "dry_run"], cwd: work },
      ];
      const config = { listen: `127.0.0.1:${port}`, dataDir: join(work, "data"), adapters, log: { level: "warn" } };
      writeFileSync(file, JSON.stringify(config));
      child = spawn(join(ROOT, "nexus-attest"), ["serve", "--config", file], { stdio: ["ignore", "pipe", "inherit"] });
      const up = Promise.withResolvers<number>();
      child.once("exit", () => up.reject(new Error("the server did not come up")));
      const late = setTimeout(() => up.reject(new Error("the server takes too long to come up")), START_WITHIN);
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
        const found = /serves on http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
        if (found !== null) up.resolve(Number(found[1]));
      });
      port = await up.promise.finally(() => clearTimeout(late));
    },
    async stop(signal: NodeJS.Signals): Promise<void> {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    },
    kill: () => void child?.kill("SIGKILL"),
  };
}

/** Passes bytes on, and while it is told to, resets a connection at random times. */
function createCuttingProxy(target: () => number) {
  const connections = new Set<Socket>();
  let timer: NodeJS.Timeout | undefined;
  let cuts = 0;
  const proxy = createServer((inbound) => {
    const outbound = connect(target(), "127.0.0.1");
    connections.add(inbound);
    for (const [one, other] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    inbound.on("close", () => connections.delete(inbound));
  });
  function cut(milliseconds: number): void {
    timer = setTimeout(cut, Math.random() * 2 * milliseconds, milliseconds);
    const open = [...connections];
    const unlucky = open[Math.floor(Math.random() * open.length)];
    if (unlucky === undefined) return;
    cuts += 1;
    unlucky.resetAndDestroy();
  }
  return {
    listen: async () => await listen(proxy),
    cutEvery(milliseconds: number): void {
      clearTimeout(timer);
      cuts = 0;
      timer = setTimeout(cut, Math.random() * 2 * milliseconds, milliseconds);
    },
    cuts: () => cuts,
    stopCutting: () => clearTimeout(timer),
  };
}

async function listen(some: ReturnType<typeof createServer> | ReturnType<typeof createHttpServer>): Promise<number> {
  some.listen(0, "127.0.0.1");
  await once(some, "listening");
  some.unref();
  return (some.address() as AddressInfo).port;
}
