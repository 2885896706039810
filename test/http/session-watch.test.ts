import { EventEmitter } from "node:events";
import type { ServerHttp2Session } from "node:http2";
import { describe, expect, test } from "vitest";
import {
  CONTROL_FRAMES,
  LOOK_EVERY,
  MAX_IDLE_BYTES,
  MEASURED_BYTES,
  type SessionSettings,
  watchSession,
} from "../../src/http/session-watch.ts";

const ENHANCE_YOUR_CALM = 11;
const SETTINGS_TIMEOUT = 4;

/** A session of which only what is watched is there. */
function watched(settings: Partial<SessionSettings> = {}, random = 0.5) {
  let now = 0;
  const ends: (number | "in good order")[] = [];
  const floods: string[] = [];
  const socket = { bytesRead: 0, bytesWritten: 0 };
  const session = Object.assign(new EventEmitter(), {
    socket,
    destroyed: false,
    close: () => ends.push("in good order"),
    destroy(code: number) {
      ends.push(code);
      session.destroyed = true;
    },
  });
  const watching = watchSession(
    session as unknown as ServerHttp2Session,
    () => ({ handshakeSeconds: 10, idleSeconds: 300, ...settings }),
    { uptime: () => now, random, tellFlood: (what) => floods.push(what) },
  );
  session.emit("localSettings");
  const pass = (seconds: number) => {
    for (let index = 0; index < seconds; index++) {
      now += LOOK_EVERY;
      watching.look();
    }
  };
  return { session, socket, ends, floods, watching, pass };
}

describe("a session", () => {
  test("without a call is closed in good order once it has been idle", () => {
    const { ends, watching, pass } = watched();
    pass(300);
    expect(ends).toEqual([]);
    watching.opened();
    pass(1_000);
    expect(ends, "a watch that lasts").toEqual([]);
    watching.closed();
    pass(300);
    expect(ends).toEqual([]);
    pass(1);
    expect(ends).toEqual(["in good order"]);
  });

  test.each([
    [0, 90],
    [0.5, 100],
    [1, 110],
  ])("takes no new calls once it is old, not all at the same age (%s)", (random, age) => {
    const { ends, watching, pass } = watched({ maxAgeSeconds: 100 }, random);
    watching.opened();
    pass(age);
    expect(ends).toEqual([]);
    pass(1);
    expect(ends).toEqual(["in good order"]);
  });

  test.each(["ping", "remoteSettings"])("may have some %s at once and a few a second, and no more", (event) => {
    const { session, ends, pass } = watched();
    for (let index = 0; index < CONTROL_FRAMES.burst; index++) session.emit(event);
    pass(1);
    for (let index = 0; index < CONTROL_FRAMES.perSecond; index++) session.emit(event);
    expect(ends).toEqual([]);
    session.emit(event);
    expect(ends).toEqual([ENHANCE_YOUR_CALM]);
  });

  test("may have a PING for what it is sent, however often that is, and none for the answers to its PINGs", () => {
    const { session, socket, ends } = watched();
    for (let index = 0; index < CONTROL_FRAMES.burst * 5; index++) {
      socket.bytesWritten += MEASURED_BYTES;
      session.emit("ping");
    }
    expect(ends).toEqual([]);
    for (let index = 0; index <= CONTROL_FRAMES.burst; index++) {
      socket.bytesWritten += MEASURED_BYTES - 1;
      session.emit("ping");
    }
    expect(ends).toEqual([ENHANCE_YOUR_CALM]);
  });

  test("that brings bytes and no calls ends, and says so once", () => {
    const { socket, ends, floods, watching, pass } = watched();
    socket.bytesRead += MAX_IDLE_BYTES;
    pass(1);
    expect(ends).toEqual([]);
    socket.bytesRead += MAX_IDLE_BYTES + 1;
    pass(1);
    watching.look();
    expect([ends, floods]).toEqual([[ENHANCE_YOUR_CALM], ["frames without content"]]);
  });

  test("may bring as much as its requests hold, and their headers", () => {
    const { socket, ends, watching, pass } = watched();
    socket.bytesRead += 100 * MAX_IDLE_BYTES;
    watching.took(100 * MAX_IDLE_BYTES);
    pass(1);
    for (let index = 0; index < 1_000; index++) watching.opened();
    socket.bytesRead += 1_000 * 16 * 1024;
    pass(1);
    socket.bytesWritten += 16 * MAX_IDLE_BYTES;
    socket.bytesRead += 2 * MAX_IDLE_BYTES;
    pass(1);
    expect(ends).toEqual([]);
  });
});

test("a session whose client never acknowledges SETTINGS ends", () => {
  let now = 0;
  const ends: number[] = [];
  const session = Object.assign(new EventEmitter(), {
    socket: { bytesRead: 0, bytesWritten: 0 },
    destroyed: false,
    destroy: (code: number) => ends.push(code),
  });
  const watching = watchSession(
    session as unknown as ServerHttp2Session,
    () => ({ handshakeSeconds: 10, idleSeconds: 300 }),
    { uptime: () => now, random: 0, tellFlood: () => undefined },
  );
  now = 10_000;
  watching.look();
  expect(ends).toEqual([]);
  now = 10_001;
  watching.look();
  expect(ends).toEqual([SETTINGS_TIMEOUT]);
});
