import { X509Certificate } from "node:crypto";
import { statSync } from "node:fs";
import type { Config } from "./config/schema.ts";

/** RFC 5280, section 4.2.1.12. */
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

/** What would keep clients away, or lets others at the private key, and is not worth refusing to start: a clock may be wrong, a volume mounted so. */
export function tlsWarnings(tls: NonNullable<Config["tls"]>, cert: string, now: number): readonly string[] {
  const { certFile, keyFile } = tls;
  const { validFromDate, validToDate, keyUsage } = new X509Certificate(cert);
  const warnings: string[] = [];
  const byClock = `by this machine's clock (${new Date(now).toISOString()})`;
  if (validToDate.getTime() < now)
    warnings.push(
      `tls.certFile: the certificate in ${certFile} expired at ${validToDate.toISOString()} ${byClock}: clients refuse it. Put a new one there.`,
    );
  if (validFromDate.getTime() > now)
    warnings.push(
      `tls.certFile: the certificate in ${certFile} is valid from ${validFromDate.toISOString()} on, which is not yet so ${byClock}: clients refuse it.`,
    );
  if (keyUsage !== undefined && !keyUsage.includes(SERVER_AUTH))
    warnings.push(
      `tls.certFile: the certificate in ${certFile} is not for servers (extendedKeyUsage has no serverAuth): clients refuse it.`,
    );
  const { mode } = statSync(keyFile);
  if (process.getuid !== undefined && (mode & 0o077) !== 0)
    warnings.push(
      `tls.keyFile: others than its owner may use ${keyFile} (mode ${(mode & 0o777).toString(8).padStart(4, "0")}): chmod 600 ${keyFile}`,
    );
  return warnings;
}
