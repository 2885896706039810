import { z } from "zod";
import { actorIdProblem, isGroupName, MAX_GROUPS } from "../domain/actor.ts";
import { isLoopback } from "./listen.ts";

/** The signatures that a token may have. The server holds the public half of all of them only, so whoever reads its files can make no token. */
export const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;

const actorId = z.string().superRefine((id, context) => {
  const problem = actorIdProblem(id);
  if (problem !== undefined)
    context.addIssue({
      code: "custom",
      message: `an actor id in printable lower-case ASCII without comma; this one ${problem}`,
    });
});

/** One `*` at most, as matchPattern wants it. */
const pattern = z
  .string()
  .regex(/^[\x21-\x2b\x2d-\x40\x5b-\x7e]{1,256}$/, "lower-case ASCII")
  .regex(/^[^*]*\*?[^*]*$/, "one * at most");

const groups = z
  .array(z.string().refine(isGroupName, { error: "a group name such as sre" }))
  .max(MAX_GROUPS)
  .default([]);

const seconds = (fallback: number, least: number, most: number) => z.number().min(least).max(most).default(fallback);

const claim = z.string().min(1).max(128);

const issuer = z
  .strictObject({
    issuer: z.string().min(1).describe("The tokens' `iss`, to the letter."),
    audience: z
      .array(z.string().min(1))
      .min(1)
      .describe("Tokens made for one of these (`aud`) are meant for this server."),
    algorithms: z
      .array(z.enum(ALGORITHMS))
      .min(1)
      .default(["RS256"])
      .describe("How tokens may be signed: public keys only."),
    jwksUrl: z
      .url({ protocol: /^https?$/ })
      .refine(isSafeToAsk, { error: "an https URL without credentials; http is for loopback addresses only" })
      .optional()
      .describe("Where the issuer publishes its keys; https, or http on loopback."),
    jwksFile: z.string().min(1).optional().describe("Its keys in a file, in place of `jwksUrl`."),
    jwksRefreshSeconds: seconds(300, 1, 86_400).describe("Age at which keys are fetched anew."),
    jwksMaxStaleSeconds: seconds(3600, 1, 7 * 86_400).describe(
      "How long the last keys hold while the issuer is out of reach; then its tokens are refused.",
    ),
    jwksCooldownSeconds: seconds(30, 1, 3600).describe("At most one fetch in so long for keys that are not known."),
    clockToleranceSeconds: seconds(30, 0, 300).describe("How far the issuer's clock may be off."),
    tokenType: z.string().min(1).optional().describe("The `typ` that a token's header must have, such as `at+jwt`."),
    requiredClaims: z
      .record(claim, z.string())
      .default({})
      .describe("Claims that a token must have, with exactly these values."),
    idClaim: claim.default("sub").describe("The claim that names the actor; of `email`, only a verified one counts."),
    idPrefix: z
      .string()
      .regex(/^[\x21-\x2b\x2d-\x40\x5b-\x7e]{0,64}$/, "lower-case ASCII")
      .default("")
      .describe("Put before it, so that ids of two issuers cannot meet."),
    idCase: z
      .enum(["exact", "fold"])
      .default("exact")
      .describe("What becomes of capitals in an id: it is refused, or they are written small."),
    ids: z.array(pattern).optional().describe("Patterns of the ids that this issuer may give; default: any."),
    type: z.enum(["human", "system"]).optional().describe("What its actors are; or `typeFrom` says it."),
    typeFrom: z
      .strictObject({
        claim: claim.describe("The claim that tells people from programs."),
        human: z.array(z.string()).default([]).describe("Its values for people."),
        system: z.array(z.string()).default([]).describe("Its values for programs; a token with any other is refused."),
      })
      .optional(),
    groupsClaim: claim.optional().describe("The claim that lists the actor's groups; default: there are none."),
    groupsPrefix: z.string().default("").describe("Only groups that begin so count; it is cut off."),
  })
  .superRefine((each, context) => {
    const wrong = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
    if ((each.jwksUrl === undefined) === (each.jwksFile === undefined))
      wrong("jwksUrl", "either jwksUrl or jwksFile, and not both");
    if ((each.type === undefined) === (each.typeFrom === undefined))
      wrong("type", "either type or typeFrom, and not both");
    const both = each.typeFrom?.human.find((value) => each.typeFrom?.system.includes(value));
    if (both !== undefined)
      wrong("typeFrom", `each value for people or for programs: ${JSON.stringify(both)} is for both`);
    if (each.jwksMaxStaleSeconds < each.jwksRefreshSeconds)
      wrong("jwksMaxStaleSeconds", "no less than jwksRefreshSeconds");
  });

const certificateActor = z.strictObject({
  san: z
    .string()
    .regex(
      /^(DNS|URI|email|IP Address):[^",*]*\*?[^",*]*$/,
      "a subject alternative name such as URI:spiffe://example.com/deployer, one * at most",
    )
    .describe(
      "A subject alternative name: `URI:…`, `email:…`, `DNS:…`, `IP Address:…`; one `*` stands for a part without `/` and `@`.",
    ),
  type: z.enum(["human", "system"]).describe("What the actor is."),
  id: pattern.describe("Its id; a `*` takes over what that of `san` stands for."),
  groups: groups.describe("Its groups."),
});

const mtls = z
  .strictObject({
    caFile: z.string().min(1).describe("The authorities that clients' certificates may come from, PEM."),
    crlFile: z.string().min(1).optional().describe("What they have revoked, PEM; of every authority in a chain."),
    actors: z.array(certificateActor).min(1).describe("Whom a certificate stands for."),
  })
  .superRefine(({ actors }, context) => {
    for (const [i, { san, id }] of actors.entries()) {
      const problem = actorIdProblem(id);
      const message = id.includes("*") && !san.includes("*") ? "a * only where san has one" : problem;
      if (message !== undefined) context.addIssue({ code: "custom", path: ["actors", i, "id"], message });
      if (actors.findIndex((other) => other.san === san) !== i)
        context.addIssue({ code: "custom", path: ["actors", i, "san"], message: "a name that is not there twice" });
    }
  });

const token = z.strictObject({
  service: actorId.describe("The service that it stands for: an actor of type SYSTEM."),
  hash: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, "the hash that nexus-attest tokens new prints, sha256:…")
    .describe("What `nexus-attest tokens new` printed beside the token."),
  groups: groups.describe("Its groups."),
  expires: z.iso.datetime({ offset: true }).optional().describe("When it ends, RFC 3339; default: never."),
});

const delegation = z.strictObject({
  service: actorId.describe("The service that may act for others: the id of an actor of type SYSTEM."),
  people: z.array(pattern).min(1).describe("For whom: ids, in which one `*` stands for a part without `/` and `@`."),
  groups: groups.describe("The groups that they have when they act by this service."),
});

/** Whoever could change the answer on its way could sign in as anybody. */
function isSafeToAsk(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || isLoopback(hostname.replace(/^\[(.*)\]$/, "$1"));
}

/** How callers are told apart. Several ways can be open at once; a call comes by one of them. */
export const authSchema = z
  .strictObject({
    development: z
      .boolean()
      .optional()
      .describe("Callers name themselves; loopback only. Default: only if no other way is configured."),
    jwt: z.array(issuer).default([]).describe("Bearer tokens of OpenID Connect and OAuth 2 issuers."),
    mtls: mtls.optional(),
    tokens: z.array(token).default([]).describe("Tokens of services. Several for one are valid side by side."),
    onBehalfOf: z.array(delegation).default([]).describe("Who may act for whom; the first entry that fits."),
  })
  .superRefine((auth, context) => {
    const wrong = (path: PropertyKey[], message: string) => context.addIssue({ code: "custom", path, message });
    for (const [i, { issuer, audience }] of auth.jwt.entries())
      if (
        auth.jwt
          .slice(0, i)
          .some((other) => other.issuer === issuer && other.audience.some((each) => audience.includes(each)))
      )
        wrong(["jwt", i, "audience"], "an audience that no other entry of this issuer has");
    for (const [i, { hash }] of auth.tokens.entries())
      if (auth.tokens.findIndex((other) => other.hash === hash) !== i)
        wrong(["tokens", i, "hash"], "a hash that is not there twice");
    if (auth.development === false && !provesAnything(auth))
      wrong(["development"], "true, or another way to tell callers apart: jwt, mtls or tokens");
  })
  .prefault({});

export type AuthConfig = z.output<typeof authSchema>;

/** Whether identities are proved in some way, rather than believed. */
export function provesAnything({ jwt, mtls, tokens }: Pick<AuthConfig, "jwt" | "mtls" | "tokens">): boolean {
  return jwt.length > 0 || mtls !== undefined || tokens.length > 0;
}

/** Whether callers are believed who they say they are: if that is asked for, or nothing else is there. */
export function believesCallers(auth: AuthConfig): boolean {
  return auth.development ?? !provesAnything(auth);
}
