import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { beforeEach, expect, test, vi } from "vitest";
import { RetryInfoSchema } from "../../gen/ts/google/rpc/error_details_pb.ts";
import {
  LifecycleCause,
  type WatchDecisionResponse,
  WatchDecisionResponseSchema,
} from "../../gen/ts/nexus/attest/v1/decision_service_pb.ts";
import type { Clients } from "../../src/cli/client.ts";
import type { Output } from "../../src/cli/output.ts";
import { watchDecision } from "../../src/cli/watch.ts";
import { BrokenLog } from "../../src/evidence/chain.ts";

const pauses = vi.hoisted((): number[] => []);
vi.mock("node:timers/promises", () => ({ setTimeout: async (pause: number) => void pauses.push(pause) }));
beforeEach(() => {
  pauses.length = 0;
  vi.spyOn(Math, "random").mockReturnValue(1);
});

const OUTPUT: Output = { json: true, style: (_, text) => text, line: () => {}, note: () => {} };
const CUT = new ConnectError("the connection is gone", Code.Unavailable);
const CAUGHT_UP = { case: "caughtUp", value: {} } as const;
const LIFECYCLE = { case: "lifecycle", value: { cause: LifecycleCause.INITIAL } } as const;
const HEARTBEAT = { case: "heartbeat", value: {} } as const;

function event(seq: number, previousDigest: string) {
  return { case: "event", value: { event: { seq, previousDigest }, digest: `digest of ${seq}` } } as const;
}

type Kind = typeof CAUGHT_UP | typeof LIFECYCLE | typeof HEARTBEAT | ReturnType<typeof event>;

/** Each connection says so much and breaks; the one after them is refused for good. Returns what each was asked for. */
async function watched(...connections: readonly (readonly [readonly Kind[], ConnectError])[]) {
  const asked: number[] = [];
  async function* open({ fromSeq = 0 }): AsyncGenerator<WatchDecisionResponse> {
    const [kinds, error] = connections[asked.length] ?? [[], new ConnectError("no more", Code.PermissionDenied)];
    asked.push(fromSeq);
    for (const kind of kinds) yield create(WatchDecisionResponseSchema, { kind });
    throw error;
  }
  const clients = { decisions: { watchDecision: open } } as unknown as Clients;
  const error: unknown = await watchDecision(clients, "d", 0, OUTPUT).catch((thrown: unknown) => thrown);
  return { asked, error };
}

test("pauses grow while a connection breaks before there are news", async () => {
  const again = [[LIFECYCLE, CAUGHT_UP], CUT] as const;
  await watched(again, again, again, again, again, again, again);
  expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_000, 3_000]);
});

test("an event or a heartbeat makes them short again", async () => {
  const again = [[LIFECYCLE, CAUGHT_UP], CUT] as const;
  await watched(again, again, [[event(0, "")], CUT], again, [[HEARTBEAT], CUT]);
  expect(pauses).toEqual([100, 200, 100, 200, 100]);
});

test("who is turned away comes back when the server says, behind the last event", async () => {
  const turnedAway = new ConnectError("too many calls", Code.ResourceExhausted, undefined, [
    { desc: RetryInfoSchema, value: create(RetryInfoSchema, { retryDelay: { seconds: 7n } }) },
  ]);
  const { asked } = await watched([[event(0, "")], CUT], [[], turnedAway]);
  expect(asked).toEqual([0, 1, 1]);
  expect(pauses).toEqual([100, 7_200]);
});

test("a log in which another event came before ends it", async () => {
  const { asked, error } = await watched([[event(0, "")], CUT], [[event(1, "digest of another")], CUT]);
  expect(asked).toEqual([0, 1]);
  expect(error).toBeInstanceOf(BrokenLog);
});
