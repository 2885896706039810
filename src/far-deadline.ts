import type { IncomingHttpHeaders } from "node:http";
import { LONGEST_TIMER } from "./app/clock.ts";

/** Milliseconds of each unit of grpc-timeout (gRPC over HTTP/2, Timeout). */
const UNITS = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 0.001, n: 0.000_001 } as const;

/** Takes a deadline further ahead than a timer can count (24.8 days) for none: the timer would be over at once, and the call with it. */
export function dropFarDeadline({ headers }: { readonly headers: IncomingHttpHeaders }): void {
  if (grpcTimeout(headers["grpc-timeout"]) > LONGEST_TIMER) delete headers["grpc-timeout"];
  if (connectTimeout(headers["connect-timeout-ms"]) > LONGEST_TIMER) delete headers["connect-timeout-ms"];
}

function grpcTimeout(value: string | string[] | undefined): number {
  const [, count, unit] = /^([0-9]{1,8})([HMSmun])$/.exec(String(value)) ?? [];
  return unit === undefined ? 0 : Number(count) * UNITS[unit as keyof typeof UNITS];
}

function connectTimeout(value: string | string[] | undefined): number {
  return /^[0-9]{1,10}$/.test(String(value)) ? Number(value) : 0;
}
