import { type Position, UnknownPosition } from "../../app/event-store.ts";

/**
 * The row of an event.
 *
 * @throws {UnknownPosition} if no position of ours reads like that.
 */
export function parsePosition(position: Position): number {
  if (!/^[1-9][0-9]{0,14}$/.test(position)) throw new UnknownPosition(position);
  return Number(position);
}
