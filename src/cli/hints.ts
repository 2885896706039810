/** What a person can do about it, by reason. */
const HINTS: Readonly<Record<string, string>> = {
  IDENTITY_UNAVAILABLE: "the server's log says why it cannot fetch the issuer's keys",
  PERMISSION_DENIED:
    "authorization in the server's configuration says who may do what; docs/security.md what each call takes",
  NO_POLICY: "the decision is a draft: nexus-attest attach gives it a policy",
  SELF_APPROVAL: "somebody else has to approve",
  SIGNATURE_REQUIRED:
    "nexus-attest approve ID --sign-with KEYFILE signs it; nexus-attest approver-keys new makes a key",
  APPROVER_KEY_NOT_ENROLLED: "an administrator enrols it: nexus-attest approver-keys enroll human:YOU --public-key …",
  NOT_AN_ADMINISTRATOR: "approverKeys.administrators in the server's configuration names who may",
  ALREADY_APPROVED: "nexus-attest revoke takes the earlier approval back",
  REQUEST_DIGEST_MISMATCH: "look at the decision again (nexus-attest show), then approve what you see",
  WRITE_OUTCOME_UNKNOWN: "repeat the command with the same --request-id: it is done once",
  IMPORT_CONFLICT: "--on-conflict fast-forward appends what is missing, --on-conflict keep-both keeps it beside",
  BUNDLE_NOT_AUTHENTIC:
    "nexus-attest verify FILE --trust TRUST tells every check; without --trust it is taken in unproven",
  IMPORT_DIVERGED: "--on-conflict keep-both keeps it beside the other",
  ROUTER_CANNOT_SAY: "an operator who knows can state it: nexus-attest settle ID --outcome completed --reason …",
  RUN_STILL_AT_WORK: "nexus-attest watch shows how it goes on; whoever knows better states it with --force",
  ROUTER_KNOWS_OUTCOME: "nexus-attest settle ID --ask-router records it; whoever knows better states it with --force",
};

/** Where a call went, and what it showed of its caller. */
export interface Called {
  readonly server: string;
  /** Whether it named its caller, as is done where nothing is proved. */
  readonly isNamed: boolean;
  /** Whether it had a token, and whether a certificate. */
  readonly hasToken: boolean;
  readonly hasCertificate: boolean;
}

/** What somebody can do who was not let in, by what they had shown. */
function hintForNobody(called: Called | undefined): string {
  const proof = "a token in NEXUS_ATTEST_TOKEN or --token-file, or --tls-cert and --tls-key";
  const { hasToken = false, hasCertificate = false } = called ?? {};
  const isProved = hasToken || hasCertificate;
  if (hasToken && hasCertificate)
    return "leave out either the token (--token-file, NEXUS_ATTEST_TOKEN) or the certificate (--tls-cert and --tls-key)";
  if (called?.isNamed === true && isProved)
    return "leave out --as (NEXUS_ATTEST_AS) and --groups: the token or the certificate says who you are";
  if (isProved)
    return "get a new token or certificate if it has expired; what the server takes stands under auth in its configuration, and docs/security.md explains it";
  if (called?.isNamed === true) return `say who you are by ${proof}, without --as (NEXUS_ATTEST_AS) and --groups`;
  return `say who you are: --as human:you@example.com where callers name themselves (NEXUS_ATTEST_AS); else ${proof}`;
}

/** What somebody can do about a refusal with this reason; undefined where the words of the refusal say it all. */
export function hintFor(reason: string | undefined, called: Called | undefined): string | undefined {
  return reason === "UNAUTHENTICATED" ? hintForNobody(called) : HINTS[reason ?? ""];
}
