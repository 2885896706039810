import type { ClientCertificate, Identity } from "../app/authenticator.ts";
import type { Clock } from "../app/clock.ts";
import { Refused } from "../app/refused.ts";
import { type Actor, actorIdProblem } from "../domain/actor.ts";
import { matchPattern } from "./pattern.ts";

/** Whom a certificate stands for. */
export interface CertificateRule {
  /** A subject alternative name, such as `URI:spiffe://example.com/deployer`; its `*` may stand for a part. */
  readonly name: string;
  /** Its id may take the part over, at a `*` of its own. */
  readonly actor: Actor;
  readonly groups: readonly string[];
}

/** Knows callers by the subject alternative names of their certificates. Common names are not looked at (RFC 9525, section 2). */
export function createCertificates(
  rules: readonly CertificateRule[],
  clock: Clock,
): (certificate: ClientCertificate) => Identity {
  return ({ subjectAltName, validTo, problem }) => {
    if (problem !== undefined) throw nobody(`The client certificate is not valid: ${problem}.`);
    // The handshake may be long ago.
    if (validTo <= clock.now()) throw nobody("The client certificate has expired.");
    const names = namesIn(subjectAltName);
    const [found, ...others] = rules.flatMap((rule) =>
      names.flatMap((name) => {
        const part = matchPattern(rule.name, name);
        return part === undefined ? [] : [{ rule, id: rule.actor.id.replace("*", () => part) }];
      }),
    );
    if (found === undefined) throw nobody("The client certificate stands for nobody whom this server knows.");
    if (others.length > 0) throw nobody("The client certificate stands for more than one actor of this server.");
    const fault = actorIdProblem(found.id);
    if (fault !== undefined) throw nobody(`The actor id that the client certificate gives ${fault}.`);
    const { actor, groups } = found.rule;
    return { actor: { type: actor.type, id: found.id }, groups, delegate: undefined, validUntil: validTo };
  };
}

/** The names, each once. Node puts a name that holds anything odd, such as a comma, in quotes: such a certificate has none that counts. */
function namesIn(subjectAltName: string): readonly string[] {
  if (subjectAltName.includes('"')) return [];
  return [...new Set(subjectAltName.split(", "))].filter((name) => !name.includes("*"));
}

function nobody(message: string): Refused {
  return new Refused("UNAUTHENTICATED", message);
}
