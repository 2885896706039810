/** Whether an execution changes anything. */
export type Mode = "DRY_RUN" | "APPLY";

/** Steps in the order in which they run. */
export interface Plan {
  readonly steps: readonly PlanStep[];
}

export interface PlanStep {
  readonly stepId: string;
  readonly intent: string;
  readonly call: PlanCall;
}

export interface PlanCall {
  readonly tool: string;
  readonly method: string;
  /** The text of one JSON value, or empty for `{}`; never re-serialized. */
  readonly argumentsJson: string;
}

export interface Label {
  readonly key: string;
  readonly value: string;
}

/** Sorted by key, the order in which labels are stored and hashed. */
export function sortLabels(labels: readonly Label[]): readonly Label[] {
  return labels.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** The first key that stands more than once, or undefined. */
export function duplicateKey(labels: readonly Label[]): string | undefined {
  const seen = new Set<string>();
  for (const { key } of labels) {
    if (seen.has(key)) return key;
    seen.add(key);
  }
  return undefined;
}
