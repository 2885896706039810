import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { isLoopback, splitListen } from "../../src/config/listen.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { configSchema } from "../../src/config/schema.ts";
import { type Compose, faultsOf, type Service } from "./compose-rules.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const compose = parse(read("compose.yaml"), { merge: true, uniqueKeys: true }) as Compose;
const { services } = compose;

function service(name: string): Service {
  const found = services[name];
  if (found === undefined) throw new Error(`compose.yaml has no service ${name}`);
  return found;
}

/** compose.yaml with another service in the place of one. */
function withChanged(name: string, change: object): Compose {
  return { ...compose, services: { ...services, [name]: { ...service(name), ...change } } };
}

describe("compose.yaml is safe", () => {
  test("as far as it can be seen", () => {
    expect(faultsOf(compose)).toEqual([]);
  });

  const mount = (volume: string) => ({ volumes: [...(service("server-1").volumes ?? []), volume] });
  test.each<[string, object, string]>([
    ["network", { image: "haproxy:latest" }, "image haproxy:latest is not pinned"],
    ["network", { image: "haproxy" }, "image haproxy is not pinned"],
    ["store-1", { image: "eventstore/eventstore:24.10" }, "image eventstore/eventstore:24.10 is not pinned"],
    ["server-1", { read_only: undefined }, "its root file system is writable"],
    ["server-1", { privileged: true }, "privileged"],
    ["server-1", { cap_drop: undefined }, "keeps capabilities"],
    ["server-1", { cap_add: ["CHOWN"] }, "is given CHOWN"],
    ["certificates", { cap_add: ["SYS_ADMIN"] }, "is given SYS_ADMIN"],
    ["store-1", { security_opt: [] }, "may gain privileges"],
    ["store-1", { user: undefined }, "is root"],
    ["server-2", { user: "0:0" }, "is root"],
    ["certificates", { network_mode: undefined, networks: ["store"] }, "is root"],
    ["load-balancer", { healthcheck: undefined }, "nobody looks whether it is well"],
    ["store-2", { healthcheck: { disable: true } }, "nobody looks whether it is well"],
    ["server-1", { depends_on: { network: { condition: "service_started" } } }, "waits for network by service_started"],
    ["server-1", { depends_on: { nobody: { condition: "service_healthy" } } }, "waits for nobody, which is not there"],
    ["server-1", { depends_on: {} }, "does not wait for network"],
    ["network", { ports: ["7350:7350"] }, "publishes 7350:7350"],
    ["network", { ports: ["0.0.0.0:7350:7350"] }, "publishes 0.0.0.0:7350:7350"],
    ["network", { networks: undefined }, "its network is not chosen"],
    ["server-1", { network_mode: "host" }, "its network is not chosen"],
    ["server-1", mount("elsewhere:/x"), "the volume elsewhere is not declared"],
    ["server-1", mount("/var/run/docker.sock:/s:ro"), "mounts /var/run/docker.sock:/s:ro"],
    ["server-1", mount("./deploy/haproxy.cfg:/x"), "mounts ./deploy/haproxy.cfg:/x"],
    ["server-1", mount("./deploy/none.sh:/x:ro"), "mounts ./deploy/none.sh, which is not there"],
    ["store-1", { environment: { ADMIN_PASSWORD: "x" } }, "a secret may stand in ADMIN_PASSWORD"],
    ["server-1", { environment: { A: "esdb://a:b@c" } }, "a secret may stand in A"],
    ["store-1", { environment: { EVENTSTORE_INSECURE: "true" } }, "EVENTSTORE_INSECURE switches safety off"],
    ["store-1", { env_file: ".env" }, "takes its environment from a file"],
    ["store-1", { secrets: ["other"] }, "the secret other comes from undefined"],
  ])("%s with %j would not be", (name, change, fault) => {
    expect(faultsOf(withChanged(name, change))).toContain(`${name}: ${fault}`);
  });

  test("a volume that nobody mounts is a mistake", () => {
    expect(faultsOf({ ...compose, volumes: { ...compose.volumes, old: {} } })).toEqual(["nobody uses old"]);
  });
});

describe("the servers of compose.yaml", () => {
  const servers = ["server-1", "server-2"].map(service);
  const listens = servers.map(({ environment }) => environment?.["NEXUS_ATTEST_LISTEN"] ?? "");

  test("listen on loopback, on the network that they share with the load balancer only", () => {
    for (const listen of listens) expect(isLoopback(splitListen(listen).host), listen).toBe(true);
    const sharing = Object.keys(services).filter((name) => services[name]?.network_mode === "service:network");
    expect(sharing).toEqual(["load-balancer", "server-1", "server-2"]);
  });

  test("are those that the load balancer knows, and the port published is its own", () => {
    const config = read("deploy/haproxy.cfg");
    expect([...config.matchAll(/^ +server \S+ (\S+)$/gm)].map(([, address]) => address)).toEqual(listens);
    const published = service("network").ports?.[0]?.split(":").at(-1);
    expect([...config.matchAll(/^ +bind (\S+)$/gm)].map(([, address]) => address)).toEqual([
      `0.0.0.0:${published}`,
      "127.0.0.1:7359",
    ]);
    expect(service("load-balancer").healthcheck?.test?.at(-1)).toBe("http://127.0.0.1:7359/ready");
  });

  test("probe themselves", () => {
    for (const { environment, healthcheck } of servers) {
      expect(environment?.["NEXUS_ATTEST_SERVER"]).toBe(`http://${environment?.["NEXUS_ATTEST_LISTEN"]}`);
      expect(healthcheck?.test?.slice(0, 3)).toEqual(["CMD", "./nexus-attest", "health"]);
    }
  });

  test("have a data directory each, and a configuration that is right", () => {
    expect(new Set(servers.map(({ volumes }) => volumes?.[0])).size).toBe(servers.length);
    const [file = ""] = servers[0]?.command?.slice(-1) ?? [];
    const { config } = loadConfig(new URL(`../..${file}`, import.meta.url).pathname, servers[0]?.environment ?? {});
    expect(config.store).toEqual({ file: "/run/secrets/store-connection" });
    for (const { secrets, volumes } of servers) {
      expect(secrets).toEqual(["store-connection"]);
      expect(volumes?.[0]).toMatch(new RegExp(`:${config.dataDir}$`));
      expect(volumes).toContain(`.${file}:${file}:ro`);
    }
  });

  test("have the time to drain before they are killed", () => {
    const { execution } = configSchema.parse({});
    for (const { stop_grace_period: grace = "" } of servers)
      expect(Number(grace.replace("s", ""))).toBeGreaterThanOrEqual(execution.drainSeconds + 15);
  });
});

describe("the store of compose.yaml", () => {
  const nodes = Object.keys(services).filter((name) => /^store-\d$/.test(name));

  test("has three nodes that know each other by name, over TLS, on a network without a way out", () => {
    expect(nodes).toEqual(["store-1", "store-2", "store-3"]);
    for (const name of nodes) {
      const { environment = {}, networks } = service(name);
      const others = nodes.filter((other) => other !== name).map((other) => `${other}:2113`);
      expect(environment).toMatchObject({
        EVENTSTORE_CLUSTER_SIZE: "3",
        EVENTSTORE_GOSSIP_SEED: others.join(","),
        EVENTSTORE_NODE_HOST_ADVERTISE_AS: name,
        EVENTSTORE_REPLICATION_HOST_ADVERTISE_AS: name,
        EVENTSTORE_CERTIFICATE_FILE: "/certificate/node.crt",
        EVENTSTORE_CERTIFICATE_PRIVATE_KEY_FILE: "/certificate/node.key",
        EVENTSTORE_TRUSTED_ROOT_CERTIFICATES_PATH: "/trust",
      });
      expect(networks).toEqual(["store"]);
    }
    expect(compose.networks["store"]).toEqual({ internal: true });
  });

  test("its authority's key is where nobody else looks", () => {
    const holding = (volume: string) =>
      Object.keys(services).filter((name) => services[name]?.volumes?.some((each) => each.startsWith(`${volume}:`)));
    expect(holding("ca")).toEqual(["certificates"]);
    expect(holding("certificate")).toEqual(["certificates", ...nodes]);
  });
});

describe("docs/deploy.md", () => {
  const page = read("docs/deploy.md");

  test("says of every service what it is", () => {
    const rows = [...page.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, names = ""]) => names.split(", "));
    expect(new Set(rows)).toEqual(new Set(Object.keys(services).map((name) => `\`${name}\``)));
  });

  test("names images by the versions that compose.yaml pins", () => {
    const images = new Set(Object.values(services).map(({ image }) => image));
    const named = page.match(/\b(haproxy|nexus-attest|eventstore\/[a-z-]+):\d[\w.-]*\w/g) ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((image) => !images.has(image))).toEqual([]);
  });
});
