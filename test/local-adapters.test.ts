import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../src/config/load-config.ts";
import { configSchema } from "../src/config/schema.ts";
import type { Secret } from "../src/config/secret-schema.ts";
import { localAdapters } from "../src/local-adapters.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

const WEB = { id: "web", kind: "http", url: "https://example.com/" };
const PROGRAM = { id: "program", kind: "subprocess", command: ["adapter", "--fast"] };

function adapters(configured: readonly object[], environment: Readonly<Record<string, string>> = {}) {
  return localAdapters(configSchema.parse({ adapters: configured }).adapters, environment);
}

describe("adapters as configured", () => {
  test("times are milliseconds inside", () => {
    const times = { timeoutSeconds: 1.5, terminateGraceSeconds: 0.25 };
    expect(adapters([{ ...PROGRAM, ...times }, WEB])).toMatchObject([
      { kind: "subprocess", command: ["adapter", "--fast"], timeout: 1_500, terminateGrace: 250 },
      { kind: "http", url: "https://example.com/", timeout: 600_000 },
    ]);
  });

  test("a secret is taken from the environment or from a file, without the white space at its end", () => {
    const file = join(temporaryDirectory(), "token");
    writeFileSync(file, " from a file\n\n");
    const secrets = { plain: "as it stands ", variable: { env: "TOKEN" }, file: { file } };
    const resolved = { plain: "as it stands ", variable: "from outside ", file: " from a file" };
    const [web, program] = adapters(
      [
        { ...WEB, headers: secrets },
        { ...PROGRAM, env: secrets },
      ],
      { TOKEN: "from outside " },
    );
    expect(web).toMatchObject({ headers: resolved });
    expect(program).toMatchObject({ env: resolved });
  });

  test.each<[what: string, secret: Secret, message: string]>([
    ["a variable", { env: "MISSING" }, "adapters[1].headers.token: the environment variable MISSING is not set."],
    [
      "a file",
      { file: "/not/there" },
      "adapters[1].headers.token: the file /not/there cannot be read: there is no such file.",
    ],
  ])("%s that is not there is a mistake of the configuration, named by its key", (_, token, message) => {
    expect(() => adapters([PROGRAM, { ...WEB, headers: { token } }])).toThrow(new ConfigError(message));
  });

  test.each(["a\r\nx-more: b", "a\nb", "a\0b", "\u2603"])(
    "a header of %j could never be sent: told at once, not quoted",
    (value) => {
      const file = join(temporaryDirectory(), "token");
      writeFileSync(file, `planted${value}`);
      for (const token of [`planted${value}`, { file }, { env: "TOKEN" }]) {
        const open = () => adapters([PROGRAM, { ...WEB, headers: { token } }], { TOKEN: `planted${value}` });
        expect(open).toThrow(ConfigError);
        expect(open).toThrow(/^adapters\[1\]\.headers\.token: (?!.*planted)/);
      }
    },
  );
});
