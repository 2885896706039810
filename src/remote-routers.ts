import type { Clock } from "./app/clock.ts";
import type { Log } from "./app/log.ts";
import type { Router } from "./app/router.ts";
import { LOOK_EVERY } from "./authentication.ts";
import { isLoopback } from "./config/listen.ts";
import type { Config, RouterConfig } from "./config/schema.ts";
import { createGrpcRouter } from "./router/grpc/grpc-router.ts";
import type { RouterCredentials } from "./router/grpc/router-credentials.ts";
import type { Route } from "./router/routing.ts";
import { readRouterCredentials } from "./router-files.ts";

/** The remote routers that the configuration names. */
export interface RemoteRouters {
  readonly routes: readonly Route[];
  /** The same, by the names that the configuration gives them. */
  readonly named: readonly { readonly name: string; readonly adapters: readonly string[]; readonly router: Router }[];
  /**
   * Reads what another configuration says of the credentials of these same routers.
   *
   * @returns what goes on with them.
   * @throws {ConfigError} if they cannot be used: what was before stays in force.
   */
  prepare(next: Config): () => void;
  /** Looks at their files again and again until the signal aborts, and goes on with what they hold. */
  follow(signal: AbortSignal): Promise<void>;
}

/**
 * Opens the remote routers. Nothing is connected yet.
 *
 * @throws {ConfigError}
 */
export function openRemoteRouters(
  { routers, execution }: Config,
  surroundings: {
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly clock: Clock;
    readonly log: Log;
  },
): RemoteRouters {
  const { environment, clock, log } = surroundings;
  const timeout = execution.routerTimeoutSeconds * 1000;
  const remotes = routers.map((config, index) => {
    const credentials = readRouterCredentials(config, `routers[${index}]`, environment);
    if (isInTheClear(config))
      log.warn(
        { router: config.name, url: config.url },
        "this router is spoken to in the clear: whoever is on the way can read plans, have runs done and make up their outcomes",
      );
    return { config, credentials, router: createGrpcRouter({ url: config.url, credentials, timeout, clock, log }) };
  });

  return {
    routes: remotes.map(({ config: { name, adapters }, router }) => ({
      name: `router ${name}`,
      kind: "remote",
      adapters,
      router,
    })),
    named: remotes.map(({ config: { name, adapters }, router }) => ({ name, adapters, router })),
    prepare(next) {
      const found = remotes.flatMap((remote) => {
        const index = next.routers.findIndex(
          ({ name, url }) => name === remote.config.name && url === remote.config.url,
        );
        const config = next.routers[index];
        if (config === undefined) return [];
        return [{ remote, config, credentials: readRouterCredentials(config, `routers[${index}]`, environment) }];
      });
      return () => {
        for (const { remote, config, credentials } of found) {
          remote.config = config;
          goOnWith(remote, credentials);
        }
      };
    },
    async follow(signal) {
      const toldOf = new Map<string, string>();
      for (;;) {
        await clock.sleep(LOOK_EVERY, signal);
        if (signal.aborted) return;
        for (const [index, remote] of remotes.entries()) {
          const { name } = remote.config;
          try {
            goOnWith(remote, readRouterCredentials(remote.config, `routers[${index}]`, environment));
            toldOf.delete(name);
          } catch (error) {
            const problem = (error as Error).message;
            if (problem !== toldOf.get(name))
              log.error({ router: name, problem }, "changed files cannot be used; those before stay in force");
            toldOf.set(name, problem);
          }
        }
      }
    },
  };

  function goOnWith(remote: (typeof remotes)[number], credentials: RouterCredentials): void {
    if (JSON.stringify(credentials) === JSON.stringify(remote.credentials)) return;
    remote.credentials = credentials;
    remote.router.renew(credentials);
    log.info({ router: remote.config.name }, "this router is called with other credentials from now on");
  }
}

function isInTheClear({ url }: RouterConfig): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && !isLoopback(hostname.replace(/^\[(.*)\]$/, "$1"));
}
