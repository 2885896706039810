import { describe, expect, test } from "vitest";
import { CANCEL, execute, grant, REJECT, record, revoke, START } from "./commands.ts";
import {
  alice,
  attached,
  bob,
  COMPLETED,
  carol,
  created,
  dave,
  type Fact,
  gated,
  granted,
  outcomeUnknown,
  revoked,
  SERVER_ID,
  server,
  started,
} from "./facts.ts";
import { given } from "./given.ts";

/** So many events: carol has approved, bob cannot make up his mind. */
function events(count: number): readonly Fact[] {
  const toAndFro = Array.from({ length: count - 3 }, (_, index) => (index % 2 === 0 ? granted(bob) : revoked(bob)));
  return [created(), attached({ minApprovals: 1 }), granted(carol), ...toAndFro];
}

/** Of the 10,000 places of a log the last ten are kept for its end. */
const MOST = 10_000;
const FULL = events(MOST - 10);

test("2,000 approvals can stand at the same time; who revokes makes room", () => {
  const person = (index: number) => ({ type: "HUMAN", id: `person-${index}` }) as const;
  const most = Array.from({ length: 2_000 }, (_, index) => granted(person(index)));
  const nearly = [created(), attached({ minApprovals: 1 }), ...most.slice(1)];
  expect(given(...nearly).when(person(0), grant()).verdict).toMatchObject({ accepted: true });
  const message = "2000 approvals stand already, and no policy asks for more.";
  given(...nearly, granted(person(0)))
    .when(dave, grant())
    .thenRefused("TOO_MANY_APPROVALS", message);
  const room = given(...nearly, granted(person(0)), revoked(person(7)));
  expect(room.when(dave, grant()).verdict).toMatchObject({ accepted: true });
  const gate = given(...nearly, granted(person(0))).when(alice, execute()).verdict;
  expect(JSON.stringify(gate).length).toBeLessThan(200 * 1024);
});

describe("a log of many events", () => {
  test("takes approvals and revocations until only the room for its end is left", () => {
    const nearlyFull = given(...FULL.slice(0, -1));
    expect(nearlyFull.when(dave, grant()).verdict).toMatchObject({ events: [{ type: "APPROVAL_GRANTED" }] });
    expect(nearlyFull.when(carol, revoke()).verdict).toMatchObject({ events: [{ type: "APPROVAL_REVOKED" }] });
    const full = given(...FULL);
    const message = "The decision's log is full: execute, reject or cancel it, and make a new decision.";
    full.when(dave, grant()).thenRefused("TOO_MANY_EVENTS", message);
    full.when(carol, revoke()).thenRefused("TOO_MANY_EVENTS", message);
  });

  test("that is full can still be brought to every end", () => {
    const full = given(...FULL);
    full.when(bob, REJECT).thenEvents({ type: "DECISION_REJECTED", reason: "too risky" });
    full.when(alice, CANCEL).thenEvents({ type: "DECISION_CANCELLED", reason: "no longer needed" });
    expect(full.when(alice, execute()).verdict).toMatchObject({ events: [{ type: "EXECUTION_REQUESTED" }] });
    given(...FULL, gated())
      .when(server, START)
      .thenEvents({ type: "EXECUTION_STARTED", serverId: SERVER_ID });
    const longest = [...FULL, gated(), started(), outcomeUnknown()];
    given(...longest)
      .when(server, record(COMPLETED))
      .thenEvents(COMPLETED);
    expect(longest.length + 1).toBeLessThanOrEqual(MOST);
  });
});
