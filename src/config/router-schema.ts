import { z } from "zod";
import { id } from "./id-schema.ts";
import { isLoopback } from "./listen.ts";

const tls = z.strictObject({
  caFile: z
    .string()
    .min(1)
    .optional()
    .describe("The authorities that its certificate may come from, PEM; default: those that Node knows."),
  crlFile: z
    .string()
    .min(1)
    .optional()
    .describe("What these authorities have revoked, PEM; of every authority in a chain."),
  serverName: z
    .string()
    .regex(/^(?!.*\.\d+$)[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/, "a host name such as router.example.com")
    .optional()
    .describe("The name that its certificate has to have; default: the host of `url`."),
  certFile: z
    .string()
    .min(1)
    .optional()
    .describe("The certificate that this server shows it, for clients, and what leads to its authority, PEM."),
  keyFile: z.string().min(1).optional().describe("Its private key, PEM, without a passphrase."),
  minVersion: z.enum(["1.2", "1.3"]).default("1.3").describe("The oldest TLS that is spoken."),
});

/** A remote router. */
export const routerSchema = z.strictObject({
  name: id.describe("For messages."),
  url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === "", {
      error: "an address without a name and a password: who this server is goes into tls.certFile or token",
    })
    .describe("Where it serves nexus.attest.v1.RouterService over gRPC: https, or http on loopback."),
  adapters: z.array(id).min(1).describe("The adapters that it carries out."),
  tls: tls.optional(),
  token: z
    .union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })], {
      error: "{env: NAME} or {file: PATH}: the token itself must not stand here",
    })
    .optional()
    .describe("The bearer token that this server shows it: `{env: NAME}` or `{file: PATH}`."),
  allowPlaintext: z
    .boolean()
    .default(false)
    .describe(
      "Take `http` beyond loopback: **whoever is on the way can read every plan, have runs done and make up their outcomes**.",
    ),
});

/** What does not fit together in a router's entry, and where. */
export function problemWithRouter({
  url,
  tls,
  token,
  allowPlaintext,
}: z.output<typeof routerSchema>): { readonly path: readonly string[]; readonly message: string } | undefined {
  if ((tls?.certFile === undefined) !== (tls?.keyFile === undefined))
    return { path: ["tls"], message: "certFile and keyFile, or neither" };
  if (tls?.crlFile !== undefined && tls.caFile === undefined)
    return {
      path: ["tls", "crlFile"],
      message: "caFile as well: lists of revoked certificates are those of authorities",
    };
  // What is no address at all has been told of already.
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname } = new URL(url);
  if (protocol !== "http:") return undefined;
  if (tls !== undefined) return { path: ["url"], message: "an https address: with tls nothing is said in the clear" };
  if (isLoopback(hostname.replace(/^\[(.*)\]$/, "$1"))) return undefined;
  if (token !== undefined) return { path: ["url"], message: "an https address: a token must not travel in the clear" };
  if (allowPlaintext) return undefined;
  return {
    path: ["url"],
    message: "an https address, one on loopback such as http://127.0.0.1:7400, or allowPlaintext: true",
  };
}
