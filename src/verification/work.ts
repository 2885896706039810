import { readImport } from "../evidence/read-import.ts";
import { verifyDecisionBundle } from "../evidence/verify-decision-bundle.ts";
import { judge } from "./judge.ts";

/** A file of evidence, and for packages the text of whom to believe. Travels between threads. */
export interface Assignment {
  readonly bytes: Uint8Array;
  readonly trust: string | undefined;
}

/** What can be made of one, here or in a thread of its own. */
export const WORK = {
  judgePackage: judge,
  verifyDecisionBundle: ({ bytes }: Assignment) => verifyDecisionBundle(bytes),
  readImport: ({ bytes }: Assignment) => readImport(bytes),
} as const;

export type Work = keyof typeof WORK;

/** What a thread is told to do. */
export interface Job {
  readonly work: Work;
  readonly assignment: Assignment;
}
