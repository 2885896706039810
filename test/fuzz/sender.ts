import { createAttacker, type Target } from "./attack.ts";

/** Attackers at the same time, and cases that each has under way. */
const ATTACKERS = 8;
const SIDE_BY_SIDE = 16;

export interface Sent {
  readonly frames: number;
  readonly cases: number;
  readonly unanswered: number;
}

/** Sends the cases of a campaign in their order, many at a time, until so many frames have been sent. */
export function createSender(target: Target, seed: number, ids: readonly string[]) {
  return {
    async run(options: {
      readonly frames: number;
      readonly from: number;
      readonly cases: number;
      readonly isOver: () => boolean;
      readonly progress: (frames: number) => void;
    }): Promise<Sent> {
      const { from, isOver, progress } = options;
      let next = from;
      let frames = 0;
      const attackers = Array.from({ length: ATTACKERS }, () => createAttacker(target, seed, ids));
      await Promise.all(
        attackers.flatMap((attacker) =>
          Array.from({ length: SIDE_BY_SIDE }, async () => {
            while (frames < options.frames && next < from + options.cases && !isOver()) {
              const index = next++;
              const sent = await attacker.send(index);
              frames += sent;
              if (index % 2_000 === 0) progress(frames);
            }
          }),
        ),
      );
      for (const attacker of attackers) attacker.close();
      const unanswered = attackers.reduce((sum, each) => sum + each.unanswered(), 0);
      return { frames, cases: next - from, unanswered };
    },
  };
}
