import { EVENT, forge, type Loose, REFERENCE } from "./forger.ts";
import type { Forgery } from "./forgery.ts";

const completed = (events: Loose[]) => events[EVENT.outcome].executionCompleted;
const base64 = (bytes: string) => Buffer.from(bytes).toString("base64");
const OPERATOR = { basis: "SETTLEMENT_BASIS_OPERATOR_STATEMENT", reason: "I saw it" };

/** Turns the success into a failure. */
function fail(events: Loose[], how: object): void {
  const { executionCompleted, ...event } = events[EVENT.outcome];
  events[EVENT.outcome] = { ...event, executionFailed: { ...executionCompleted, ...how } };
}

/** No run, or not one that may have been. */
const OUTCOMES: readonly Forgery[] = [
  {
    what: "a run that was never started",
    make: () =>
      forge((_, events) => {
        fail(events, { code: "NOT_STARTED" });
        events.splice(EVENT.start, 1);
      }),
  },
  {
    what: "more steps than allowed, called a success",
    make: () => forge((_, events) => (completed(events).stepsExecuted = 6)),
  },
  {
    what: "more steps than allowed, called a failure of another kind",
    make: () => forge((_, events) => fail(events, { code: "STEP_FAILED", stepsExecuted: 6 })),
  },
  {
    what: "an operator's word that brings a record along",
    make: () => forge((_, events) => (completed(events).settlement = OPERATOR)),
  },
  {
    what: "a failure on an operator's word that brings a record along",
    make: () => forge((_, events) => fail(events, { code: "OPERATOR_STATEMENT", settlement: OPERATOR })),
  },
  {
    what: "a run settled by an operator, without a record",
    make: () => forge((_, events) => (events[EVENT.outcome].executionCompleted = { settlement: OPERATOR })),
  },
  { what: "a run without an id", make: () => forge((_, events) => delete completed(events).runId) },
  { what: "a run without a digest", make: () => forge((_, events) => delete completed(events).routerDigest) },
  { what: "a log that ends at the gate", make: () => forge((_, events) => events.splice(EVENT.start)) },
  { what: "a log that ends with the start", make: () => forge((_, events) => events.splice(EVENT.outcome)) },
  { what: "a log that ends before the gate", make: () => forge((_, events) => events.splice(EVENT.gate)) },
  {
    what: "a run that nobody knows the outcome of",
    make: () =>
      forge((_, events) => {
        const { executionCompleted: _completed, ...event } = events[EVENT.outcome];
        events[EVENT.outcome] = { ...event, executionOutcomeUnknown: { runId: "run-0001" } };
      }),
  },
  {
    what: "a decision that was rejected",
    make: () =>
      forge((_, events) => {
        const [event] = events.splice(EVENT.gate);
        const { executionRequested: _requested, ...common } = event;
        events.push({ ...common, decisionRejected: { reason: "no" } });
      }),
  },
].map((forgery) => ({ ...forgery, fails: ["outcome"] }));

const router = (change: (router: Loose) => void, from?: string) => () =>
  forge(() => undefined, { atEnd: (given) => change(given.router), ...(from === undefined ? {} : { from }) });

const SECTIONS: readonly Forgery[] = [
  { what: "another run's id", make: router((section) => (section.runId = "run-0002")) },
  { what: "no run id", make: router((section) => delete section.runId) },
  { what: "another adapter", make: router((section) => (section.adapterId = "files-standby")) },
  { what: "another digest", make: router((section) => (section.routerDigest = `sha256:${"0".repeat(64)}`)) },
  { what: "no digest", make: router((section) => delete section.routerDigest) },
  {
    what: "id and adapter run together",
    make: router((section) => {
      section.runId = "run-0001 on files";
      delete section.adapterId;
    }),
  },
].map((forgery) => ({ ...forgery, fails: ["router_section"] }));

const BUNDLES: readonly Forgery[] = [
  { what: "the run bundle of another run", make: router((section) => (section.runBundle = base64('{"run_id":"2"}'))) },
  { what: "no run bundle", make: router((section) => delete section.runBundle) },
  { what: "another media type", make: router((section) => (section.runBundleMediaType = "text/plain")) },
  { what: "no media type", make: router((section) => delete section.runBundleMediaType) },
  { what: "no mode", make: router((section) => delete section.mode) },
  { what: "a bundle in a package by reference", make: router((section) => (section.runBundle = "AAAA"), REFERENCE) },
  {
    what: "a media type in a package by reference",
    make: router((section) => (section.runBundleMediaType = "text/plain"), REFERENCE),
  },
  {
    what: "a package that calls itself embedded",
    make: router((section) => (section.mode = "PACKAGE_MODE_EMBEDDED"), REFERENCE),
  },
].map((forgery) => ({ ...forgery, fails: ["run_bundle"] }));

const MISWRITTEN_BUNDLES: readonly Forgery[] = [
  { what: "a mode of later", make: router((section) => (section.mode = "PACKAGE_MODE_SEALED")) },
  { what: "a mode that says nothing", make: router((section) => (section.mode = "PACKAGE_MODE_UNSPECIFIED")) },
  { what: "an empty run bundle", make: router((section) => (section.runBundle = "")) },
  { what: "a run bundle with a line break", make: router((section) => (section.runBundle += "\n")) },
  { what: "a run bundle that is no base64", make: router((section) => (section.runBundle = "****")) },
  { what: "a run bundle without its padding", make: router((section) => (section.runBundle += "AA")) },
].map((forgery) => ({ ...forgery, fails: ["proto_json", "run_bundle"] }));

export const RUNS: readonly Forgery[] = [...OUTCOMES, ...SECTIONS, ...BUNDLES, ...MISWRITTEN_BUNDLES];
