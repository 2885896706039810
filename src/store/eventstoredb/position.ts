import type { Position as LogPosition } from "@eventstore/db-client";
import { type Position, UnknownPosition } from "../../app/event-store.ts";

/**
 * A position is the place of an event's record in the store's log: a `c` and its commit position in decimal. For everything that is written through gRPC the
 * prepare position follows from it (a record is its own commit), so one number will do, and positions compare as numbers. The letter keeps it from being taken
 * for a position of another kind of store: an index or a cursor may outlive a move.
 */
export function toPosition(place: bigint): Position {
  return `c${place}` as Position;
}

/**
 * The place in the log.
 *
 * @throws {UnknownPosition} if no position of ours reads like that.
 */
export function placeOf(position: Position): bigint {
  const [, place] = /^c(0|[1-9][0-9]{0,18})$/.exec(position) ?? [];
  if (place === undefined) throw new UnknownPosition(position);
  return BigInt(place);
}

/** As the client takes it. */
export function logPosition(place: bigint): LogPosition {
  return { commit: place, prepare: place };
}
