import type { AuditLog } from "./app/audit-log.ts";
import type { Authenticator } from "./app/authenticator.ts";
import type { Clock } from "./app/clock.ts";
import type { Log } from "./app/log.ts";
import { createAuthenticator, createRemoteKeySources } from "./authenticators.ts";
import { believesCallers } from "./config/auth-schema.ts";
import { ConfigError } from "./config/load-config.ts";
import type { Config } from "./config/schema.ts";
import type { HttpServer } from "./http-server.ts";
import { readKeyFiles, readTlsFiles } from "./tls-files.ts";
import type { TlsSettings } from "./tls-settings.ts";
import { tlsWarnings } from "./tls-warnings.ts";

/** How often the files are looked at that the configuration names for TLS and authentication, in milliseconds. */
export const LOOK_EVERY = 30_000;

/** How long calls may take that came in under certificates which are trusted no more, in milliseconds. */
const STALE_GRACE = 5_000;

export interface Authentication {
  /** As it is configured now. */
  readonly authenticator: Authenticator;
  /** What to begin with. */
  readonly tls: TlsSettings | undefined;
  /** Whether callers are believed who they say they are. */
  readonly believesCallers: () => boolean;
  /**
   * Goes on with another configuration's ways in, and with what its files hold now. All of it or nothing.
   *
   * @throws {ConfigError} if that cannot be: what was before stays in force.
   */
  reload(http: HttpServer, next: Config): void;
  /** Looks at the files again and again until the signal aborts, and goes on with what they hold. */
  follow(http: HttpServer, signal: AbortSignal): Promise<void>;
}

/**
 * Opens the ways in that the configuration names.
 *
 * @throws {ConfigError}
 */
export function openAuthentication(
  config: Config,
  surroundings: { readonly clock: Clock; readonly log: Log; readonly audit: AuditLog },
): Authentication {
  const { clock, log, audit } = surroundings;
  const ports = { clock, remoteKeys: createRemoteKeySources(surroundings) };
  let current = config;
  let tls = readTlsFiles(config);
  let keyFiles = readKeyFiles(config);
  let authenticator = createAuthenticator(config.auth, keyFiles, ports);
  let toldOf: string | undefined;
  warnOfTls(config);

  return {
    authenticator: { authenticate: (headers, peer) => authenticator.authenticate(headers, peer) },
    tls,
    believesCallers: () => believesCallers(current.auth),
    reload: (http, next) => {
      assertSameDoor(config, next);
      goOnWith(http, next);
    },
    async follow(http, signal) {
      for (;;) {
        await clock.sleep(LOOK_EVERY, signal);
        if (signal.aborted) return;
        try {
          goOnWith(http, current);
          toldOf = undefined;
        } catch (error) {
          const problem = (error as Error).message;
          if (problem !== toldOf) {
            log.error({ problem }, "changed files cannot be used; those before stay in force");
            audit.note({ kind: "configuration.files", outcome: "FAILED", reason: "CONFIGURATION_REFUSED" });
          }
          toldOf = problem;
        }
      }
    },
  };

  function warnOfTls(from: Config, settings = tls): void {
    if (from.tls === undefined || settings === undefined) return;
    for (const problem of tlsWarnings(from.tls, settings.cert, clock.now()))
      log.warn({ problem }, "TLS is set up, and not as it should be");
  }

  function goOnWith(http: HttpServer, next: Config): void {
    const files = { tls: readTlsFiles(next), keys: readKeyFiles(next) };
    const isOtherTls = JSON.stringify(files.tls) !== JSON.stringify(tls);
    const isOtherKeys = JSON.stringify(files.keys) !== JSON.stringify(keyFiles);
    const isOtherWay = next !== current || isOtherKeys;
    const another = isOtherWay ? createAuthenticator(next.auth, files.keys, ports) : authenticator;
    if (isOtherTls && files.tls !== undefined) http.renew(files.tls, STALE_GRACE);
    if (isOtherTls) log.info({}, "TLS goes on with other certificates");
    if (isOtherTls) warnOfTls(next, files.tls);
    if (isOtherWay) log.info({}, "authentication goes on with another configuration or other keys");
    const changed = [isOtherTls ? "tls" : "", isOtherKeys ? "auth.jwt[].jwksFile" : ""].filter((key) => key !== "");
    if (changed.length > 0)
      audit.note(
        { kind: "configuration.files", outcome: "SUCCEEDED", details: { changed: changed.join(", ") } },
        { isDurable: true },
      );
    ({ tls, keys: keyFiles } = files);
    authenticator = another;
    current = next;
  }
}

/** What a server listens with is settled when it starts. */
function assertSameDoor(before: Config, next: Config): void {
  const problem =
    before.listen !== next.listen
      ? "listen"
      : (before.tls === undefined) !== (next.tls === undefined)
        ? "tls"
        : (before.auth.mtls === undefined) !== (next.auth.mtls === undefined)
          ? "auth.mtls"
          : undefined;
  if (problem !== undefined) throw new ConfigError(`${problem}: a change takes a restart; nothing was changed.`);
}
