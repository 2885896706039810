import { BlockList, isIP } from "node:net";

/** Networks of IPv4 that are nobody's service: this machine's own, and what answers on every machine of a cloud with its credentials. */
const FORBIDDEN_V4 = [
  ["this machine", "0.0.0.0", 8],
  ["loopback", "127.0.0.0", 8],
  ["link-local, where clouds keep their metadata", "169.254.0.0", 16],
  ["the metadata of a cloud", "100.100.100.200", 32],
  ["the metadata of a cloud", "168.63.129.16", 32],
  ["the metadata of a cloud", "192.0.0.0", 24],
  ["multicast", "224.0.0.0", 4],
  ["reserved", "240.0.0.0", 4],
] as const;

/** The same of IPv6. `::/96` holds the unspecified address, loopback, and an old notation of IPv4. */
const FORBIDDEN_V6 = [
  ["loopback or unspecified", "::", 96],
  ["link-local", "fe80::", 10],
  ["site-local", "fec0::", 10],
  ["the metadata of a cloud", "fd00:ec2::", 32],
  ["the metadata of a cloud", "fd20:ce::", 32],
  ["a translation of IPv4", "::ffff:0:0:0", 96],
  ["a translation of IPv4", "64:ff9b:1::", 48],
  ["a tunnel", "2001::", 32],
  ["multicast", "ff00::", 8],
] as const;

/** Each with what it is. An IPv4 address is found in the IPv6 ones that stand for it, too: mapped (which the list does by itself), NAT64, 6to4. */
const FORBIDDEN: readonly (readonly [what: string, list: BlockList])[] = [
  ...FORBIDDEN_V4.map(([what, network, prefix]) => {
    const list = new BlockList();
    list.addSubnet(network, prefix, "ipv4");
    list.addSubnet(`64:ff9b::${network}`, 96 + prefix, "ipv6");
    list.addSubnet(`2002:${hexOf(network)}::`, 16 + prefix, "ipv6");
    return [what, list] as const;
  }),
  ...FORBIDDEN_V6.map(([what, network, prefix]) => {
    const list = new BlockList();
    list.addSubnet(network, prefix, "ipv6");
    return [what, list] as const;
  }),
];

/**
 * Why a name must not stand for this address; undefined if it may. Private networks may: what adapters call is mostly there.
 *
 * @param allowed addresses and networks, such as `127.0.0.1` or `fe80::/10`, that it may stand for nevertheless.
 */
export function problemWithAddress(address: string, allowed: readonly string[]): string | undefined {
  const [plain = ""] = address.split("%");
  const family = isIP(plain) === 6 ? "ipv6" : "ipv4";
  if (isIP(plain) === 0) return "no address";
  if (listOf(allowed).check(plain, family)) return undefined;
  return FORBIDDEN.find(([, list]) => list.check(plain, family))?.[0];
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const each of networks) {
    const [network = "", prefix] = each.split("/");
    const family = isIP(network) === 6 ? "ipv6" : "ipv4";
    list.addSubnet(network, prefix === undefined ? (family === "ipv6" ? 128 : 32) : Number(prefix), family);
  }
  return list;
}

/** `127.0.0.1` as `7f00:1`. */
function hexOf(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}
