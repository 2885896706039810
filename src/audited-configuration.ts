import { resolve } from "node:path";
import type { AuditLog } from "./app/audit-log.ts";
import type { Clock } from "./app/clock.ts";
import type { Log } from "./app/log.ts";
import { UnusableAuditFile } from "./audit-log/audit-file.ts";
import { type OpenAuditLog, openAuditLog } from "./audit-log/open-audit-log.ts";
import { canonicalJson } from "./codec/canonical-json.ts";
import { changedKeys } from "./config/changed-keys.ts";
import { hideCredentials } from "./config/hide-credentials.ts";
import { ConfigError } from "./config/load-config.ts";
import { withSecretsHidden } from "./config/print-config.ts";
import type { Config } from "./config/schema.ts";
import { digestOf } from "./evidence/digest.ts";

/**
 * Opens the audit log that the configuration names, and records the configuration in it. The data directory has to be locked: whoever writes there beside the
 * server that has it breaks the chain.
 *
 * @throws {ConfigError} if the file cannot be used: what cannot be put on record does not start.
 */
export function openConfiguredAuditLog(
  config: Config,
  ports: { readonly log: Log; readonly clock: Clock },
): OpenAuditLog {
  return openFor(config, ports, (audit) =>
    audit.record({ kind: "configuration.load", outcome: "SUCCEEDED", details: { digest: digestOfConfig(config) } }),
  );
}

/**
 * The same for a command that does something in the place of the server, which is stopped.
 *
 * @throws {ConfigError} if the file cannot be used.
 */
export function openAuditLogForCommand(
  config: Config,
  ports: { readonly log: Log; readonly clock: Clock },
): OpenAuditLog {
  return openFor({ audit: { ...config.audit, log: false } }, ports, () => undefined);
}

function openFor(
  { audit: { file, log: isInLog } }: Pick<Config, "audit">,
  ports: { readonly log: Log; readonly clock: Clock },
  begin: (audit: OpenAuditLog) => void,
): OpenAuditLog {
  try {
    const audit = openAuditLog({ file: file === undefined ? undefined : resolve(file), isInLog }, ports);
    begin(audit);
    return audit;
  } catch (cause) {
    const why = cause instanceof UnusableAuditFile ? cause.message : `it cannot be written (${codeOf(cause)})`;
    throw new ConfigError(`audit.file: the file ${file} cannot be the audit log: ${why}.`, { cause });
  }
}

/**
 * Records a reload before and after it: which keys change, and whether it came about. What was in force stays so if it cannot be recorded. Answers with the keys
 * that are other than when the server was started and take a restart.
 */
export function createAuditedReload(audit: AuditLog, first: Config, apply: (next: Config) => void) {
  let current = first;
  return (load: () => Config): readonly string[] => {
    const entry = { kind: "configuration.reload", details: { trigger: "SIGHUP" } } as const;
    const attempt = audit.record({ ...entry, outcome: "ATTEMPTED" });
    const failed = () =>
      audit.note({ ...entry, attempt, outcome: "FAILED", reason: "CONFIGURATION_REFUSED" }, { isDurable: true });
    try {
      const next = load();
      apply(next);
      const { inForce, afterRestart } = changedKeys(current, next);
      current = next;
      const details = {
        ...entry.details,
        digest: digestOfConfig(next),
        changed: inForce.join(", "),
        ...(afterRestart.length === 0 ? {} : { afterRestart: afterRestart.join(", ") }),
      };
      audit.note({ ...entry, attempt, outcome: "SUCCEEDED", details }, { isDurable: true });
      return changedKeys(first, next).afterRestart;
    } catch (error) {
      failed();
      throw error;
    }
  };
}

/** Of the effective configuration with its secrets hidden: a digest of a short secret would tell it to whoever tries them all. */
function digestOfConfig(config: Config): string {
  return digestOf(hideCredentials(canonicalJson(JSON.parse(JSON.stringify(withSecretsHidden(config))))));
}

function codeOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
  return (inner as NodeJS.ErrnoException).code ?? String(inner);
}
