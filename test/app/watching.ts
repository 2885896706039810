import { onTestFinished } from "vitest";
import { eventually } from "../support/eventually.ts";

export interface Watching<Message> {
  readonly messages: readonly Message[];
  /** Waits for so many messages in all and returns those not returned yet. */
  next(count: number): Promise<readonly Message[]>;
  /** Resolves once the watch has ended: to its error, undefined if it ended well. */
  readonly ended: Promise<unknown>;
  /** The watcher goes away. */
  leave(): Promise<unknown>;
}

/** A watcher that reads as fast as it is told. */
export function watching<Message>(watch: (signal: AbortSignal) => AsyncIterable<Message>): Watching<Message> {
  const messages: Message[] = [];
  const leaving = new AbortController();
  let returned = 0;
  const ended = run().then(
    () => undefined,
    (error: unknown) => error,
  );
  const leave = () => {
    leaving.abort(new Error("the watcher has gone"));
    return ended;
  };
  onTestFinished(async () => void (await leave()));
  return {
    messages,
    ended,
    leave,
    async next(count) {
      const until = returned + count;
      await eventually(`${until} messages`, () => messages.length >= until, 10_000).catch((error: unknown) => {
        throw new Error(`told ${JSON.stringify(messages.slice(returned))}`, { cause: error });
      });
      const fresh = messages.slice(returned, until);
      returned = until;
      return fresh;
    },
  };

  async function run(): Promise<void> {
    for await (const message of watch(leaving.signal)) messages.push(message);
  }
}
