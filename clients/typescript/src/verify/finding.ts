import type { Signer, Status } from "./report.js";

/** How a check ended. */
export interface Finding {
  readonly status: Status;
  readonly expected?: string;
  readonly actual?: string;
  readonly detail?: string;
  readonly signers?: readonly Signer[];
}

export const PASS: Finding = { status: "PASS" };

export function fail(detail: string): Finding {
  return { status: "FAIL", detail };
}

export function notChecked(detail: string): Finding {
  return { status: "NOT_CHECKED", detail };
}

export function signedBy(...signers: readonly Signer[]): Finding {
  return { status: "PASS", signers };
}

/** Fails with the first problem, if there is one. */
export function unless(...problems: readonly (string | undefined)[]): Finding {
  const problem = problems.find((each) => each !== undefined && each !== "");
  return problem === undefined ? PASS : fail(problem);
}

/** Passes if what is written is what follows. */
export function same(what: string, expected: string, actual = ""): Finding {
  return expected === actual
    ? PASS
    : { status: "FAIL", expected, actual, detail: `${what} is not what follows from the rest` };
}

const MAX_WORDS = 300;

/** Words of people, cut where they grow long. */
export function cut(words: string): string {
  if (words.length <= MAX_WORDS) return words;
  return `${words.slice(0, MAX_WORDS).replace(/[\ud800-\udbff]$/, "")}…`;
}
