// Mistakes that a program makes, and that need no server to be found out: each is said at once, by what went wrong, and is not tried again until a deadline.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identify } from "../dist/index.js";
import { connect } from "../dist/node.js";

const nobody = "http://127.0.0.1:9";
const secure = "https://127.0.0.1:9";
const work = mkdtempSync(join(tmpdir(), "nexus-attest-mistakes."));
const notes = join(work, "notes.txt");
writeFileSync(notes, "no certificate\n");
const id = "0".repeat(32);
const sealed = () => {
  throw new RangeError("the vault is sealed");
};
// What the compiler would find is told by other means in JavaScript.
const approved = "approved" as "executable";
const text = "APPLY" as unknown as number;

const CASES: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    "what a function for tokens throws, a call throws",
    () => connect(nobody, { token: sealed }).decisions.getDecision({ decisionId: id }),
    /^RangeError: the vault is sealed$/,
  ],
  ["and a watch", () => connect(nobody, { token: sealed }).watch(id)[Symbol.asyncIterator]().next(), /^RangeError: /],
  [
    "and a wait",
    () => connect(nobody, { token: sealed }).waitUntil(id, "terminal"),
    /^RangeError: the vault is sealed$/,
  ],
  [
    "a token's file that is not there",
    () => connect(nobody, { tokenFile: join(work, "none") }).decisions.getDecision({ decisionId: id }),
    /ENOENT: .*none/,
  ],
  [
    "a token that no header holds, which is not shown",
    () => connect(nobody, { token: "secret\nx" }).decisions.getDecision({ decisionId: id }),
    /^TypeError: the token holds characters that a header cannot(?!.*secret)/,
  ],
  [
    "a message that cannot be encoded",
    () => connect(nobody).decisions.createDecision({ goal: "x", mode: text }),
    /^Error: cannot encode field nexus\.attest\.v1\.CreateDecisionRequest\.mode/,
  ],
  [
    "what cannot be waited for",
    () => connect(nobody).waitUntil(id, approved),
    /^TypeError: what: got "approved", wants "executable" or "terminal"$/,
  ],
  [
    "an authority's file that holds none",
    () => connect(secure, { caFile: notes }),
    /^TypeError: caFile: .*notes\.txt holds no certificate in PEM$/,
  ],
  [
    "a certificate's file that holds none",
    () => connect(secure, { certFile: notes, keyFile: notes }),
    /^TypeError: certFile, keyFile: .*notes\.txt and .*notes\.txt are no certificate and its key in PEM: /,
  ],
  ["two identities", () => connect(secure, { token: "x", developmentActor: "human:me" }), /^TypeError: one identity/],
  [
    "a token is sent without what surrounds it",
    async () => {
      const header = new Headers();
      await identify({ token: () => " abc\r\n" })(async () => {
        throw new TypeError(`sent ${header.get("authorization")}`);
      })({ header } as Parameters<ReturnType<ReturnType<typeof identify>>>[0]);
    },
    /^TypeError: sent Bearer abc$/,
  ],
];

let failed = 0;
for (const [what, run, says] of CASES) {
  const began = Date.now();
  const said = await Promise.resolve()
    .then(run)
    .then(() => "nothing", String);
  const holds = says.test(said) && Date.now() - began < 5_000;
  if (!holds) failed++;
  console.log(holds ? `ok   ${what}` : `FAIL ${what}: ${said} after ${Date.now() - began} ms`);
}
rmSync(work, { recursive: true });
console.log(`${CASES.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
