import { existsSync } from "node:fs";

export interface Service {
  readonly image?: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly network_mode?: string;
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly command?: readonly string[];
  readonly env_file?: unknown;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly stop_grace_period?: string;
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file?: string }>>;
}

/** The one service that may be root, to give a key to its owner: without a network, and with no other privilege. */
const MAY_BE_ROOT = "certificates";
const ITS_CAPABILITIES = ["CHOWN"];

const ROOT = new URL("../..", import.meta.url).pathname;

/** What in a compose file is not as safe as it has to be. */
export function faultsOf(compose: Compose): string[] {
  const all = Object.entries(compose.services).flatMap(([name, service]) =>
    [
      ...hardening(name, service),
      ...health(service, compose),
      ...reach(service),
      ...storage(service, compose),
      ...secrecy(service, compose),
    ].map((fault) => `${name}: ${fault}`),
  );
  const used = Object.values(compose.services).flatMap(({ volumes = [], secrets = [] }) => [
    ...volumes.map((volume) => volume.split(":")[0]),
    ...secrets,
  ]);
  const unused = [...Object.keys(compose.volumes), ...Object.keys(compose.secrets)].filter((it) => !used.includes(it));
  return [...all, ...unused.map((it) => `nobody uses ${it}`)];
}

function* hardening(name: string, service: Service): Generator<string> {
  const { image = "", user = "", cap_add: added = [] } = service;
  if (!/^[a-z0-9./-]+:\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$/.test(image)) yield `image ${image} is not pinned`;
  if (service.read_only !== true) yield "its root file system is writable";
  if (service.privileged !== undefined) yield "privileged";
  if (service.cap_drop?.join() !== "ALL") yield "keeps capabilities";
  if (service.security_opt?.includes("no-new-privileges:true") !== true) yield "may gain privileges";
  const isRoot = /^(|root|0)(:|$)/.test(user);
  const mayBeRoot = name === MAY_BE_ROOT && service.network_mode === "none";
  if (isRoot && !mayBeRoot) yield "is root";
  if (added.some((capability) => name !== MAY_BE_ROOT || !ITS_CAPABILITIES.includes(capability)))
    yield `is given ${added.join(", ")}`;
}

/** A service that runs once is waited for until it has done its work; any other one until it is well. */
function* health(service: Service, { services }: Compose): Generator<string> {
  const { healthcheck, depends_on: needed = {} } = service;
  const isOnce = (it: Service | undefined) => it?.restart === "no";
  if (!isOnce(service) && (healthcheck?.disable === true || healthcheck?.test?.[0]?.startsWith("CMD") !== true))
    yield "nobody looks whether it is well";
  for (const [other, { condition }] of Object.entries(needed)) {
    if (services[other] === undefined) yield `waits for ${other}, which is not there`;
    else if (condition !== (isOnce(services[other]) ? "service_completed_successfully" : "service_healthy"))
      yield `waits for ${other} by ${condition}`;
  }
  const shared = /^service:(.+)$/.exec(service.network_mode ?? "")?.[1];
  if (shared !== undefined && needed[shared] === undefined) yield `does not wait for ${shared}`;
}

function* reach({ ports = [], network_mode: mode, networks = [] }: Service): Generator<string> {
  for (const port of ports) if (!/^127\.0\.0\.1:\d+:\d+$/.test(port)) yield `publishes ${port}`;
  if (mode === "host" || (mode === undefined && networks.length === 0)) yield "its network is not chosen";
}

function* storage({ volumes = [] }: Service, compose: Compose): Generator<string> {
  for (const volume of volumes) {
    const [source = "", , mode] = volume.split(":");
    if (/^[a-z0-9-]+$/.test(source)) {
      if (!(source in compose.volumes)) yield `the volume ${source} is not declared`;
    } else if (!/^\.\/deploy\/[a-z.-]+$/.test(source) || mode !== "ro") yield `mounts ${volume}`;
    else if (!existsSync(`${ROOT}/${source}`)) yield `mounts ${source}, which is not there`;
  }
}

function* secrecy({ secrets = [], environment = {}, env_file: file }: Service, compose: Compose): Generator<string> {
  if (file !== undefined) yield "takes its environment from a file";
  for (const [key, value] of Object.entries(environment)) {
    const isNamedSo = /password|secret|token|credential|key/i.test(key) && !key.endsWith("_FILE");
    if (isNamedSo || /:\/\/[^/]*@|\$\{/.test(value)) yield `a secret may stand in ${key}`;
    if (/INSECURE|ANONYMOUS/.test(key) || /tls=false/i.test(value)) yield `${key} switches safety off`;
  }
  for (const secret of secrets) {
    const from = compose.secrets[secret]?.file;
    if (from !== `./deploy/secrets/${secret}`) yield `the secret ${secret} comes from ${from}`;
  }
}
