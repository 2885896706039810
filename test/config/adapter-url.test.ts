import { describe, expect, test } from "vitest";
import { configSchema } from "../../src/config/schema.ts";

function problemsOf(adapter: object): readonly string[] {
  const { error } = configSchema.safeParse({
    adapters: [{ id: "web", kind: "http", url: "https://a.example.com/", ...adapter }],
  });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("the URL of an HTTP adapter", () => {
  test.each([
    "https://tickets.example.com/steps",
    "http://Tickets.Example.COM:8080/steps?team=a",
    "http://127.0.0.1:9000/",
    "http://10.0.0.5/",
    "http://169.254.169.254/",
    "http://[::1]:9000/",
    "http://[2001:db8::1]/",
    "http://user:pass@127.0.0.1:1/",
    "http://localhost:9000/",
    "https://xn--mnchen-3ya.example/",
  ])("%s says where it leads", (url) => {
    expect(problemsOf({ url })).toEqual([]);
  });

  test.each([
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.1/",
    "http://127.0.1/",
    "http://0/",
    "http://127.0.0.1./",
    "http://127.0.0.01/",
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://%31%32%37.0.0.1/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://ⓛocalhost/",
    "http:\\\\127.0.0.1/",
    "http:127.0.0.1/",
    "http:/127.0.0.1/",
    "http://münchen.example/",
    "http://example.com\\@127.0.0.1/",
  ])("%j hides where it leads, and is refused", (url) => {
    expect(problemsOf({ url }).at(-1)).toMatch(/^adapters\.0\.url: a host as it is looked up/);
  });

  test.each(["file:///etc/passwd", "ftp://a.example.com/", "gopher://a/", "nonsense", "http://"])(
    "%s is no URL for it",
    (url) => {
      expect(problemsOf({ url })[0]).toMatch(/^adapters\.0\.url: /);
    },
  );
});

test.each([
  [["127.0.0.1", "10.0.0.0/8", "::1", "fe80::/10"], undefined],
  [["localhost"], /^adapters\.0\.allowedAddresses\.0: addresses or networks, such as/],
  [["127.0.0.1/33"], /allowedAddresses/],
  [["0x7f.1"], /allowedAddresses/],
  [["*"], /allowedAddresses/],
] as const)("allowedAddresses: %j", (allowedAddresses, problem) => {
  const problems = problemsOf({ allowedAddresses });
  if (problem === undefined) expect(problems).toEqual([]);
  else expect(problems).toEqual([expect.stringMatching(problem)]);
});

test.each(["x-key", "Authorization"])("%s is the name of a header", (name) => {
  expect(problemsOf({ headers: { [name]: "v" } })).toEqual([]);
});

test.each(["Transfer-Encoding", "content-length", "Connection", "upgrade", "te", "proxy-authorization"])(
  "%s is the connection's own, and not for the configuration",
  (name) => {
    expect(problemsOf({ headers: { [name]: "v" } })).toHaveLength(1);
  },
);

test.each(["x key", "x\r\ny", "x:", "", "é"])("%j is no name of a header", (name) => {
  expect(problemsOf({ headers: { [name]: "v" } })).toHaveLength(1);
});
