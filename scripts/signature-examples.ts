// The worked example of docs/signatures.md: the package of docs/audit-package.md with its signature, a trust policy that names the key, and the texts that are
// signed. Run it to write docs/examples and the example's part of the page anew; test/docs/signatures.test.ts fails if they are not what this gives.
import { readFileSync, writeFileSync } from "node:fs";
import { type Json, parseJson } from "../src/codec/canonical-json.ts";
import type { ApprovalGranted, ExecutionCompleted, RecordedEvent } from "../src/domain/event.ts";
import type { Digest } from "../src/domain/ids.ts";
import { approvalStatement } from "../src/evidence/approval-statement.ts";
import { buildAuditPackage } from "../src/evidence/build-audit-package.ts";
import { digestOf } from "../src/evidence/digest.ts";
import { PAYLOAD_TYPE, preAuthEncoding } from "../src/evidence/dsse.ts";
import { TRUST_POLICY_VERSION } from "../src/evidence/read-trust-policy.ts";
import { runStatement } from "../src/evidence/run-statement.ts";
import { type PrivateKey, privateKeyOf } from "../src/signing/private-key.ts";
import { exampleLog, TEMPLATE } from "./audit-package-examples.ts";

const PAGE = new URL("../docs/signatures.md", import.meta.url);
const FILES = {
  signed: new URL("../docs/examples/audit-package.signed.json", import.meta.url),
  trust: new URL("../docs/examples/trust-policy.json", import.meta.url),
};
const BEGIN = "<!-- written by scripts/signature-examples.ts -->";
const END = "<!-- end of what scripts/signature-examples.ts writes -->";

/** The secret keys of RFC 8032, section 7.1, TEST 1 to 3: everybody has them, so nobody may ever trust them. */
const KEYS = {
  server: keyOf("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
  erin: keyOf("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
  router: keyOf("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"),
};

function keyOf(secret: string): PrivateKey {
  const der = Buffer.from(`302e020100300506032b657004220420${secret}`, "hex").toString("base64");
  const key = privateKeyOf(Buffer.from(`-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`));
  if ("problem" in key) throw new Error(key.problem);
  return key;
}

/** What erin signed before the example's event 5. */
function approval(events: readonly RecordedEvent[]): string {
  const { event } = events[5] as RecordedEvent;
  const { comment, expiresAt, requestDigest } = event.body as ApprovalGranted;
  const { decisionId, actor, previousDigest } = event;
  const [policyDigest] = events.flatMap(({ event: { body } }) =>
    body.type === "EXECUTION_REQUESTED" ? body.policyDigest : [],
  );
  if (policyDigest === undefined) throw new Error("the example has no gate");
  const headDigest = previousDigest as Digest;
  return approvalStatement({
    decisionId,
    requestDigest,
    policyDigest,
    headDigest,
    approver: actor,
    comment,
    expiresAt,
  });
}

/** What the router signed of the example's run. */
function run(events: readonly RecordedEvent[]): string {
  const [{ adapterId, routerRequestDigest } = { adapterId: "", routerRequestDigest: "" as Digest }] = events.flatMap(
    ({ event: { body } }) => (body.type === "EXECUTION_REQUESTED" ? body : []),
  );
  const { event } = events.at(-1) as RecordedEvent;
  const { runId, routerDigest, stepsExecuted } = event.body as ExecutionCompleted;
  return runStatement({
    decisionId: event.decisionId,
    adapterId,
    runId,
    routerRequestDigest,
    state: "SUCCEEDED",
    stepsExecuted,
    routerDigest: routerDigest as Digest,
  });
}

/** The example: two files, and the part of the page that walks through them. */
export function examples(): { readonly signed: string; readonly trust: string; readonly walkthrough: string } {
  const { events } = exampleLog();
  const { server, erin, router } = KEYS;
  const { json: signed } = buildAuditPackage({ events, bundle: undefined, template: TEMPLATE, signer: server.signer });
  const { signature } = parseJson(signed) as { readonly signature: { readonly payload: string } & Json };
  const statement = Buffer.from(signature.payload, "base64").toString();
  const trust = {
    policyVersion: TRUST_POLICY_VERSION,
    serverKeys: [{ name: "the example's server", publicKey: base64(server.publicKey.bytes) }],
  };
  const walkthrough = [
    "The server's key is that of RFC 8032, section 7.1, TEST 1, which everybody has: never trust it. Public key, base64, and key id:",
    ...block("text", `${base64(server.publicKey.bytes)}\n${server.publicKey.keyId}`),
    "The server's statement, and its SHA-256:",
    ...block("json", statement),
    `\`${digestOf(statement)}\``,
    "",
    ...signing(statement, server),
    "The envelope as it stands in the package:",
    ...block("json", JSON.stringify(signature)),
    "What erin signs before event 5 of the log is written (with TEST 2's key), if approvals are signed:",
    ...block("json", approval(events)),
    `\`${digestOf(approval(events))}\``,
    "",
    ...signing(approval(events), erin),
    "What the router signs of the run (with TEST 3's key), if it signs its runs:",
    ...block("json", run(events)),
    `\`${digestOf(run(events))}\``,
    "",
    ...signing(run(events), router),
  ]
    .join("\n")
    .trimEnd();
  return { signed, trust: `${JSON.stringify(trust, undefined, 2)}\n`, walkthrough };
}

function signing(statement: string, { signer }: PrivateKey): readonly string[] {
  const message = preAuthEncoding(PAYLOAD_TYPE, new TextEncoder().encode(statement));
  return [
    `What is signed is \`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${Buffer.byteLength(statement)} \` and the statement; the signature, base64:`,
    ...block("text", base64(signer.sign(message))),
  ];
}

function block(language: string, text: string): readonly string[] {
  return ["", `\`\`\`${language}`, text, "```", ""];
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

/** The page with the walk-through in its place. */
export function withWalkthrough(page: string, walkthrough: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error("docs/signatures.md has no place for the worked example");
  return `${page.slice(0, begin)}${BEGIN}\n\n${walkthrough}\n\n${page.slice(end)}`;
}

if (import.meta.main) {
  const { signed, trust, walkthrough } = examples();
  writeFileSync(FILES.signed, signed);
  writeFileSync(FILES.trust, trust);
  writeFileSync(PAGE, withWalkthrough(readFileSync(PAGE, "utf8"), walkthrough));
}
