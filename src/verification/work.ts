import { verifyAuditPackage } from "../evidence/verify-audit-package.ts";
import { verifyDecisionBundle } from "../evidence/verify-decision-bundle.ts";
import { readAnyImport } from "../exchange/read-any-import.ts";
import { type Assignment, judge } from "./judge.ts";

/** What can be made of a file of evidence, here or in a thread of its own. */
export const WORK = {
  verifyPackage: (assignment: Assignment) => judge(verifyAuditPackage, assignment),
  verifyBundle: (assignment: Assignment) => judge(verifyDecisionBundle, assignment),
  readImport: (assignment: Assignment) => judge(readAnyImport, assignment),
} as const;

export type Work = keyof typeof WORK;

/** What a thread is told to do. */
export interface Job {
  readonly work: Work;
  readonly assignment: Assignment;
}
