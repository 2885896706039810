/** Tells whoever listens that something has changed, not what. */
export interface Bell {
  /** Rings after every change, until the returned function is called. */
  readonly listen: (ring: () => void) => () => void;

  readonly ring: () => void;
}

export function createBell(): Bell {
  const listeners = new Set<() => void>();
  return {
    listen(ring) {
      // Whoever listens twice is told twice, and stops each by itself.
      const own = () => ring();
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    ring() {
      for (const ring of listeners) ring();
    },
  };
}
