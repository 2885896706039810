/** Runs tasks with the same key one after the other, in the order they came; tasks with different keys do not wait for each other. */
export interface OneAtATime<Key> {
  <Result>(key: Key, task: () => Promise<Result>): Promise<Result>;
}

export function createOneAtATime<Key>(): OneAtATime<Key> {
  const tails = new Map<Key, Promise<void>>();
  return async (key, task) => {
    const before = tails.get(key);
    const done = Promise.withResolvers<void>();
    tails.set(key, done.promise);
    try {
      await before;
      return await task();
    } finally {
      if (tails.get(key) === done.promise) tails.delete(key);
      done.resolve();
    }
  };
}
