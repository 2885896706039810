/** Whether something is proven, and what there is to say of this file in particular; that may be nothing. */
export interface Proof {
  readonly isProven: boolean;
  readonly detail: string;
}

export function proven(detail = ""): Proof {
  return { isProven: true, detail };
}

/** Not proven, and why. */
export function open(detail: string): Proof {
  return { isProven: false, detail };
}
