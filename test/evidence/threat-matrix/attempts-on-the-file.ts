import type { Attempt } from "./attempt.ts";
import { another } from "./genuine.ts";
import { MALLORY } from "./keys.ts";
import { signPackage } from "./seal.ts";

const OTHER_TEMPLATE = "looser-change";

/** What is tried with the file around the log. */
export const ON_THE_FILE: readonly Attempt[] = [
  {
    column: "downgrade the version",
    what: "of the package",
    around: (given) => (given.packageVersion = "nexus.attest/audit-package/v0"),
  },
  {
    column: "downgrade the version",
    what: "of the control bundle",
    around: ({ controlBundle }) => (controlBundle.bundleVersion = "nexus.attest/control-bundle/v0"),
  },
  { column: "strip a signature", what: "the server's", without: "server" },
  {
    column: "strip a signature",
    what: "the approvers', and the policy that wanted them",
    without: "approvers",
  },
  { column: "strip a signature", what: "the router's", without: "router" },
  {
    column: "strip a signature",
    what: "the server's, for one by a key of the forger's own",
    file: (given) => signPackage(given, MALLORY),
  },
  {
    column: "strip a signature",
    what: "the server's, for its signature of another package",
    file: (given) => (given.signature = another().signature),
  },
  {
    column: "add or take something",
    what: "a field that no verifier knows",
    around: (given) => (given.note = "approved by the board"),
  },
  {
    column: "add or take something",
    what: "another template in place of the one that was used",
    around: ({ template }) => (template.name = OTHER_TEMPLATE),
  },
  {
    column: "add or take something",
    what: "the template is gone",
    around: (given) => delete given.template,
  },
  {
    column: "add or take something",
    what: "a second signature beside the server's",
    file: ({ signature }) => signature.signatures.push({ keyid: "the board", sig: "AAAA" }),
  },
  {
    column: "add or take something",
    what: "another key id on the server's signature",
    file: ({ signature }) => (signature.signatures[0].keyid = MALLORY.key.keyId),
  },
];
