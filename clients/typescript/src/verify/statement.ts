import { filled, type Given } from "./canonical.js";
import { digits } from "./digest.js";
import type { Gate } from "./gate.js";
import type { EventOf } from "./log.js";
import { type OpenedPackage, PACKAGE_VERSION } from "./opened-package.js";
import type { Run } from "./run.js";

/** What the server signs: docs/signatures.md, "Statement of an audit package". */
export function packageStatement(opened: OpenedPackage): Given {
  const { bundle, router, controlDigest, linkDigest, bindingDigest, templateDigest } = opened;
  return statement("nexus-attest:audit-package/v1", bundle.decisionId, bindingDigest, {
    decisionId: bundle.decisionId,
    packageVersion: PACKAGE_VERSION,
    controlDigest,
    routerDigest: router.routerDigest,
    linkDigest,
    templateDigest,
  });
}

/** What an approver signs who looked at the decision when its last event had the head digest. */
export function approvalStatement(gate: Gate, { body, actor }: EventOf<"approvalGranted">, headDigest: string): Given {
  const { requestDigest, policyDigest, history } = gate;
  const { decisionId } = history.created.given;
  const { comment, expiresAt } = body.value;
  return statement("nexus-attest:approval/v1", decisionId, requestDigest, {
    ...{ decisionId, requestDigest, policyDigest, headDigest, comment, expiresAt },
    approver: { type: actor.type, id: actor.id },
  });
}

/** What a router may sign of a run. More steps than allowed are a failure to the server, and may have been none to the router. */
export function runStatements({ gate, outcome, runId, routerDigest }: Run): readonly Given[] {
  const { decisionId } = gate.history.created.given;
  const { adapterId, routerRequestDigest } = gate.given;
  const { stepsExecuted } = outcome.body.value;
  return statesOf(outcome).map((state) =>
    statement("nexus-attest:run/v1", decisionId, routerDigest, {
      ...{ decisionId, adapterId, runId, routerRequestDigest, state, stepsExecuted },
    }),
  );
}

function statesOf({ body }: Run["outcome"]): readonly string[] {
  if (body.case === "executionCompleted") return ["RUN_STATE_SUCCEEDED"];
  return body.value.code === "MAX_STEPS_EXCEEDED" ? ["RUN_STATE_FAILED", "RUN_STATE_SUCCEEDED"] : ["RUN_STATE_FAILED"];
}

/** An in-toto Statement v1. */
function statement(
  predicateType: string,
  decisionId: string | undefined,
  subjectDigest: string,
  predicate: { readonly [name: string]: Given | undefined },
): Given {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: decisionId ?? "", digest: { sha256: digits(subjectDigest) } }],
    predicateType,
    predicate: filled(predicate),
  };
}
