// Changes to packages by chance, the same for the same seed.

/** A whole number from 0 on, below a bound. */
export type Chance = (below: number) => number;

/** The generator mulberry32. */
export function chanceOf(seed: number): Chance {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** One to three bytes are taken out, put in, exchanged, or written twice. */
export function changedByte(chance: Chance, bytes: Uint8Array): Uint8Array {
  let made = [...bytes];
  for (let times = chance(3); times >= 0; times -= 1) {
    const at = chance(made.length);
    const length = 1 + chance(4);
    const some = made.slice(at, at + length);
    const put = [[], some.map(() => chance(256)), [...some, ...some], some.map((byte) => byte ^ (1 << chance(8)))];
    made = [...made.slice(0, at), ...(put[chance(put.length)] ?? []), ...made.slice(at + length)];
  }
  return new Uint8Array(made);
}

type Value = null | boolean | number | string | Value[] | { [name: string]: Value };

/** Some field, at whatever depth, is taken out, exchanged, renamed or put in; written in canonical form. */
export function changedField(chance: Chance, text: string): string {
  const value = JSON.parse(text) as Value;
  const places: [container: Value[] | { [name: string]: Value }, at: string][] = [];
  collect(value, places);
  const [container, at] = places[chance(places.length)] ?? [{}, ""];
  change(chance, container as { [name: string]: Value }, at);
  return canonical(value);
}

function collect(value: Value, places: [Value[] | { [name: string]: Value }, string][]): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    places.push([value, name]);
    collect(member, places);
  }
}

function change(chance: Chance, container: { [name: string]: Value } | Value[], at: string): void {
  const members = container as { [name: string]: Value };
  const value = members[at] ?? null;
  switch (chance(6)) {
    case 0:
      if (Array.isArray(container)) container.splice(Number(at), 1);
      else delete members[at];
      return;
    case 1:
      members[at] = someJson(chance);
      return;
    case 2:
      if (Array.isArray(container)) container.splice(Number(at), 0, structuredClone(value));
      else members[`${at}_`] = value;
      return;
    case 3:
      if (Array.isArray(container)) container.reverse();
      else members[NAMES[chance(NAMES.length)] ?? ""] = structuredClone(value);
      return;
    default:
      members[at] = another(chance, value);
  }
}

const NAMES = [
  "seq",
  "id",
  "mode",
  "reason",
  "policy",
  "template",
  "signature",
  "keyid",
  "runId",
  "events",
  "__proto__",
];

/** A value of the same type, close to what it was. */
function another(chance: Chance, value: Value): Value {
  if (typeof value === "number") return value + chance(3) - 1;
  if (typeof value === "boolean") return !value;
  if (typeof value !== "string") return someJson(chance);
  const at = chance(value.length + 1);
  const put = "aA0 =/Z\u00e9\u0000\u2028"[chance(10)] ?? "";
  return value.slice(0, at) + put + value.slice(at + chance(2));
}

export function someJson(chance: Chance, depth = 4): Value {
  const some = () => someJson(chance, depth - 1);
  switch (chance(depth === 0 ? 6 : 8)) {
    case 0:
      return null;
    case 1:
      return chance(2) === 0;
    case 2:
      return [0, -1, 1.5, 4_294_967_295, 4_294_967_296, 1e300, 5e-324][chance(7)] ?? 0;
    case 3:
      return (
        ["", "MODE_APPLY", "2026-01-01T00:00:00Z", "AAAA", "nexus.attest/audit-package/v1", "\u{1f6d2}"][chance(6)] ??
        ""
      );
    case 4:
      return [];
    case 5:
      return {};
    case 6:
      return Array.from({ length: chance(4) }, some);
    default:
      return Object.fromEntries(Array.from({ length: chance(4) }, () => [NAMES[chance(NAMES.length)], some()]));
  }
}

function canonical(value: Value): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`).join(",")}}`;
}
