import type { Position as LogPosition } from "@eventstore/db-client";
import { type Position, UnknownPosition } from "../../app/event-store.ts";

/**
 * A position is the place of an event's record in the store's log, in decimal: its commit position. For everything that is written through gRPC the
 * prepare position follows from it (a record is its own commit), so one number will do, and positions compare as numbers.
 */
export function toPosition(place: bigint): Position {
  return `${place}` as Position;
}

/**
 * The place in the log.
 *
 * @throws {UnknownPosition} if no position of ours reads like that.
 */
export function placeOf(position: Position): bigint {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(position)) throw new UnknownPosition(position);
  return BigInt(position);
}

/** As the client takes it. */
export function logPosition(place: bigint): LogPosition {
  return { commit: place, prepare: place };
}
