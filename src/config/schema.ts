import { z } from "zod";
import { adapterSchema } from "./adapter-schema.ts";
import { authSchema, believesCallers } from "./auth-schema.ts";
import { authorizationSchema, separationSchema } from "./authorization-schema.ts";
import { breakGlassSchema, guardrailsSchema } from "./guardrail-schema.ts";
import { corsSchema, limitsSchema } from "./limits-schema.ts";
import { isLoopback, splitListen } from "./listen.ts";
import { problemWithRouter, routerSchema } from "./router-schema.ts";
import { seconds } from "./seconds-schema.ts";
import { secret } from "./secret-schema.ts";

/** The configuration file. Strict: an unknown key is an error, not a silent typo. */
export const configSchema = z
  .strictObject({
    listen: z
      .string()
      .regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):[0-9]{1,5}$/, "host:port, such as 127.0.0.1:7350")
      .refine((listen) => Number(listen.slice(listen.lastIndexOf(":") + 1)) <= 65_535, "a port up to 65535")
      .default("127.0.0.1:7350")
      .describe("Where to listen; port 0 takes any free one."),
    dataDir: z
      .string()
      .min(1)
      .default("nexus-attest-data")
      .describe("Where everything is kept, relative to the working directory."),
    store: secret
      .refine((store) => typeof store !== "string" || /^(embedded$|esdb(\+discover)?:\/\/.)/.test(store), {
        error: "embedded, or a connection string such as esdb://host:2113",
      })
      .default("embedded")
      .describe("Where decisions are kept: `embedded` in dataDir, or in an EventStoreDB, by its connection string."),
    signing: z
      .strictObject({
        keyFile: z
          .string()
          .min(1)
          .optional()
          .describe("The Ed25519 private key to sign with (PKCS#8, PEM); default: one made in dataDir."),
      })
      .prefault({})
      .describe("How packages and bundles are signed."),
    approverKeys: z
      .strictObject({
        administrators: z
          .array(z.string().regex(/^[^\s\p{Cc}]{1,256}$/u, "the id of an actor, such as alice@example.com"))
          .default([])
          .describe(
            "Ids of the actors who may enrol and revoke approvers' keys where no roles are configured; by default nobody may.",
          ),
      })
      .prefault({})
      .describe("Keys by which approvers sign."),
    tls: z
      .strictObject({
        certFile: z.string().min(1).describe("The server's certificate and what leads to its authority, PEM."),
        keyFile: z.string().min(1).describe("Its private key, PEM, without a passphrase."),
        minVersion: z.enum(["1.2", "1.3"]).default("1.3").describe("The oldest TLS that is spoken."),
      })
      .optional(),
    auth: authSchema,
    authorization: authorizationSchema
      .optional()
      .describe(
        "Who may do what; whoever is not named may do nothing. Default: nobody, or with `auth.development` alone everybody.",
      ),
    separationOfDuties: separationSchema,
    guardrails: guardrailsSchema
      .default([])
      .describe("What is demanded of decisions, whatever their policies say; judged again at every gate."),
    breakGlass: breakGlassSchema
      .optional()
      .describe("How an emergency may be executed without the quorum; default: not at all."),
    log: z
      .strictObject({
        level: z
          .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
          .default("info")
          .describe("The least severe lines that are written."),
      })
      .prefault({})
      .describe("Structured logs on standard error."),
    audit: z
      .strictObject({
        file: z
          .string()
          .min(1)
          .optional()
          .describe("A file of its own for the audit log, only ever appended to; default: none."),
        log: z.boolean().default(true).describe("Whether its records are lines of the ordinary log as well."),
      })
      .prefault({})
      .describe("The audit log.")
      .refine(({ file, log }) => file !== undefined || log, {
        error: "file or log: the audit log has to go somewhere",
      }),
    execution: z
      .strictObject({
        startWithinSeconds: seconds(300).describe("How long after the gate a run may still start, after a crash."),
        runTimeoutSeconds: seconds(3600).describe("How long a run may take."),
        settleWithinSeconds: seconds(300).describe(
          "How long a silent router is asked about a run before its outcome counts as unknown.",
        ),
        takeoverAfterSeconds: seconds(30).describe(
          "How long another server's execution is left to it before it is taken over, where servers share a store.",
        ),
        routerTimeoutSeconds: seconds(5, 300).describe(
          "How long a router may take to describe an adapter or to answer about a run.",
        ),
        sendWithinSeconds: seconds(10).describe(
          "How long a remote router that is not there is waited for before a run is sent to it.",
        ),
        drainSeconds: seconds(30, 3600).describe("How long a shutdown waits for runs."),
      })
      .prefault({})
      .describe("Executions."),
    index: z
      .strictObject({
        maxLagSeconds: seconds(30).describe(
          "How far the index may be behind the store before the health of `nexus.attest.v1.index` is NOT_SERVING.",
        ),
      })
      .prefault({})
      .describe("The index that lists are answered from."),
    watch: z
      .strictObject({
        heartbeatSeconds: seconds(15, 3600).describe("A stream without news says so often that it is alive."),
      })
      .prefault({})
      .describe("Streams."),
    limits: limitsSchema,
    cors: corsSchema,
    adapters: z.array(adapterSchema).default([]).describe("Adapters of the router inside the server."),
    routers: z.array(routerSchema).default([]).describe("Remote routers."),
  })
  .superRefine(({ listen, tls, auth }, context) => {
    const wrong = (path: PropertyKey[], message: string) => context.addIssue({ code: "custom", path, message });
    if (auth.mtls !== undefined && tls === undefined)
      wrong(["auth", "mtls"], "tls as well: client certificates come with TLS");
    if (isLoopback(splitListen(listen).host)) return;
    const LOOPBACK = "a loopback address such as 127.0.0.1:7350";
    if (believesCallers(auth)) wrong(["listen"], `${LOOPBACK}: with development identity every caller names itself`);
    else if (tls === undefined) wrong(["listen"], `${LOOPBACK}, or tls: identities must not travel in the clear`);
  })
  .superRefine(({ breakGlass, authorization = [] }, context) => {
    if (breakGlass === undefined || authorization.some(({ roles }) => roles.includes("break_glass"))) return;
    const message = "authorization that gives somebody the role break_glass: nobody else may do it";
    context.addIssue({ code: "custom", path: ["breakGlass"], message });
  })
  .superRefine(({ adapters, routers }, context) => {
    const seen = new Set<string>();
    const look = (id: string, path: PropertyKey[]) => {
      if (seen.has(id)) context.addIssue({ code: "custom", path, message: "an adapter that is not configured twice" });
      seen.add(id);
    };
    for (const [i, { id }] of adapters.entries()) look(id, ["adapters", i, "id"]);
    const names = new Set<string>();
    for (const [i, router] of routers.entries()) {
      for (const [j, id] of router.adapters.entries()) look(id, ["routers", i, "adapters", j]);
      const problem = problemWithRouter(router);
      if (problem !== undefined)
        context.addIssue({ code: "custom", path: ["routers", i, ...problem.path], message: problem.message });
      if (names.has(router.name))
        context.addIssue({ code: "custom", path: ["routers", i, "name"], message: "a name that no other router has" });
      names.add(router.name);
    }
  });

/** The configuration as parsed: defaults filled in, secrets still where they are. */
export type Config = z.output<typeof configSchema>;

export type RouterConfig = Config["routers"][number];
export type AdapterConfig = Config["adapters"][number];
