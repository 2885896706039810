import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A certificate and its key, as files and as text. */
export interface Issued {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** Such as `URI:spiffe://example.com/deployer` or `IP:127.0.0.1`, several in a list or separated by commas. */
  readonly san: string | readonly string[];
  readonly usage?: "clientAuth" | "serverAuth" | "none";
  /** From and until when, as YYYYMMDDHHMMSSZ; default: for a year from now. */
  readonly validity?: readonly [string, string];
  readonly commonName?: string;
}

export interface Authority {
  readonly caFile: string;
  readonly ca: string;
  issue(name: string, options: CertificateOptions): Issued;
  revoke(issued: Issued): void;
  /** The revocation list as it is now; by default it is valid for a month from now. */
  crl(validity?: { readonly from: string; readonly until: string }): string;
}

/** A certificate authority of the test's own, by the openssl that an operator would use. */
export function createAuthority(directory: string, name = "authority"): Authority {
  const home = join(directory, name);
  mkdirSync(join(home, "issued"), { recursive: true });
  const at = (file: string) => join(home, file);
  writeFileSync(at("index.txt"), "");
  writeFileSync(at("serial"), "1000\n");
  writeFileSync(at("crlnumber"), "1000\n");
  writeFileSync(
    at("openssl.cnf"),
    `[ca]
default_ca = here
[here]
dir = ${home}
database = $dir/index.txt
new_certs_dir = $dir/issued
serial = $dir/serial
crlnumber = $dir/crlnumber
certificate = $dir/ca.pem
private_key = $dir/ca.key
default_md = sha256
default_days = 365
default_crl_days = 30
policy = anything
unique_subject = no
[anything]
commonName = supplied
[req]
distinguished_name = name
prompt = no
[name]
CN = ${name}
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
`,
  );
  const openssl = (...args: readonly string[]) => execFileSync("openssl", args, { cwd: home, stdio: "pipe" });
  const newKey = (file: string) =>
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", file);
  const config = ["-config", at("openssl.cnf")];
  newKey(at("ca.key"));
  openssl(
    "req",
    "-x509",
    "-new",
    ...config,
    "-extensions",
    "authority",
    "-key",
    at("ca.key"),
    "-days",
    "3650",
    "-out",
    at("ca.pem"),
  );

  return {
    caFile: at("ca.pem"),
    ca: readFileSync(at("ca.pem"), "utf8"),
    issue(name, { san, usage = "clientAuth", validity, commonName = name }) {
      const [certFile, keyFile, request, extensions] = [`${name}.pem`, `${name}.key`, `${name}.csr`, `${name}.ext`].map(
        at,
      ) as [string, string, string, string];
      newKey(keyFile);
      openssl("req", "-new", ...config, "-key", keyFile, "-subj", `/CN=${commonName}`, "-out", request);
      const names = (typeof san === "string" ? san.split(",") : san).map((each, i) => each.replace(":", `.${i} = `));
      const purpose = usage === "none" ? "" : `extendedKeyUsage = ${usage}\n`;
      writeFileSync(
        extensions,
        `basicConstraints = CA:FALSE\n${purpose}subjectAltName = @names\n[names]\n${names.join("\n")}\n`,
      );
      const [from, until] = validity ?? [];
      const dates = from === undefined || until === undefined ? [] : ["-startdate", from, "-enddate", until];
      openssl("ca", ...config, "-batch", "-notext", "-in", request, "-extfile", extensions, ...dates, "-out", certFile);
      return { certFile, keyFile, cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };
    },
    revoke: ({ certFile }) => void openssl("ca", ...config, "-revoke", certFile),
    crl(validity) {
      const dates = validity === undefined ? [] : ["-crl_lastupdate", validity.from, "-crl_nextupdate", validity.until];
      openssl("ca", ...config, "-gencrl", ...dates, "-out", at("crl.pem"));
      return readFileSync(at("crl.pem"), "utf8");
    },
  };
}
