import { isIPv6 } from "node:net";

/** How many of the eight groups of an IPv6 address name a network that one customer has to themselves (RFC 6177). */
const NETWORK_GROUPS = 4;

/** What callers from an address are counted under: an IPv4 address, or the /64 of an IPv6 address, in which one machine has as many addresses as it likes. */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return "unknown";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [plain = ""] = address.split("%", 1);
  const [left = "", right] = plain.split("::", 2);
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const head = groups(left);
  const zeros = right === undefined ? 0 : 8 - head.length - groups(right).length;
  const all = [...head, ...Array.from({ length: zeros }, () => "0"), ...groups(right ?? "")];
  return `${all
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
