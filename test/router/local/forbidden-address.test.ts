import { describe, expect, test } from "vitest";
import { problemWithAddress } from "../../../src/router/local/forbidden-address.ts";

describe("a name must not stand for", () => {
  test.each([
    "0.0.0.0",
    "0.1.2.3",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "0:0:0:0:0:0:0:1",
    "::127.0.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "febf::1",
    "fec0::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::FFFF:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "::ffff:0.0.0.0",
    "::ffff:100.100.100.200",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2002:6464:64c8::",
    "2001::1",
    "",
    "localhost",
    "127.1",
    "0x7f000001",
    "2130706433",
    "nonsense",
  ])("%s", (address) => {
    expect(problemWithAddress(address, [])).toBeTypeOf("string");
  });
});

describe("a name may stand for", () => {
  test.each([
    "93.184.216.34",
    "1.0.0.1",
    "128.0.0.1",
    "126.255.255.255",
    "169.253.255.255",
    "169.255.0.0",
    "223.255.255.255",
    "100.100.100.199",
    "168.63.129.17",
    "10.0.0.5",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "fd12:3456::1",
    "fc00::1",
    "2606:2800:220:1::1",
    "::ffff:10.0.0.5",
    "::ffff:93.184.216.34",
    "64:ff9b::10.0.0.5",
    "2002:5db8:d822::1",
    "2001:db8::1",
    "2a00::1",
  ])("%s, public or private", (address) => {
    expect(problemWithAddress(address, [])).toBeUndefined();
  });
});

test.each([
  ["127.0.0.1", ["127.0.0.1"], undefined],
  ["127.0.0.2", ["127.0.0.1"], "loopback"],
  ["127.0.0.2", ["127.0.0.0/8"], undefined],
  ["::1", ["127.0.0.0/8"], "loopback or unspecified"],
  ["::1", ["::1"], undefined],
  ["::ffff:127.0.0.1", ["127.0.0.1"], undefined],
  ["169.254.1.1", ["127.0.0.0/8", "169.254.1.0/24"], undefined],
  ["169.254.169.254", ["127.0.0.0/8", "169.254.1.0/24"], "link-local, where clouds keep their metadata"],
  ["fe80::5%eth0", ["fe80::/10"], undefined],
] as const)("%s where %j are allowed: %s", (address, allowed, problem) => {
  expect(problemWithAddress(address, allowed)).toBe(problem);
});
