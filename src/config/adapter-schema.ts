import { z } from "zod";
import { id } from "./id-schema.ts";
import { hasPlainHost } from "./plain-host.ts";
import { seconds } from "./seconds-schema.ts";
import { secret } from "./secret-schema.ts";

const capability = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_.-]{0,62}$/, "a name such as apply, dry_run, timeout or external");

const adapterBase = {
  id: id.describe("Its name, in requests and policies."),
  capabilities: z.array(capability).default([]).describe("What the adapter can do; APPLY needs `apply`."),
  description: z.string().max(1024).default("").describe("For people."),
  timeoutSeconds: seconds(600).describe("How long one step may take."),
  maxOutputBytes: z
    .int()
    .min(1)
    .max(4 * 1024 * 1024)
    .default(1024 * 1024)
    .describe("How much one step may answer."),
};

const subprocess = z.strictObject({
  kind: z.literal("subprocess").describe("A program is started for each step."),
  ...adapterBase,
  command: z.array(z.string().min(1)).min(1).describe("The program and its first arguments. No shell is involved."),
  cwd: z.string().optional().describe("Working directory; default: the server's."),
  env: z
    .record(z.string(), secret)
    .default({})
    .describe("Environment variables besides PATH; nothing else is inherited."),
  dryRunArguments: z
    .array(z.string())
    .optional()
    .describe("If given, a DRY_RUN calls the program with these added; else it is simulated."),
  terminateGraceSeconds: seconds(5, 300).describe("Time between SIGTERM and SIGKILL."),
});

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/** What says where a message ends, and what becomes of its connection: from the configuration it could only contradict what is sent. */
const OF_THE_CONNECTION =
  /^(connection|content-length|expect|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "the name of a header")
  .refine((name) => !OF_THE_CONNECTION.test(name), "a header that is not the connection's own");

const http = z.strictObject({
  kind: z.literal("http").describe("Each step is posted to a URL."),
  ...adapterBase,
  url: z
    .url({ protocol: /^https?$/ })
    .refine(hasPlainHost, {
      error:
        "a host as it is looked up: a name in ASCII, or an address in its usual notation such as 127.0.0.1 or [::1]",
    })
    .describe("Where to post. Nothing of a plan gets into it."),
  headers: z.record(headerName, secret).default({}).describe("Headers of every request."),
  allowedAddresses: z
    .array(
      z
        .string()
        .refine((each) => network.safeParse(each).success, "addresses or networks, such as 127.0.0.1 or fe80::/10"),
    )
    .default([])
    .describe(
      "Addresses and networks that the name in `url` may stand for although they are loopback, link-local, or a cloud's metadata.",
    ),
});

/** An adapter of the router inside the server. */
export const adapterSchema = z.discriminatedUnion("kind", [subprocess, http]);
