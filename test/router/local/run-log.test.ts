import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openRunLog, type RunLog } from "../../../src/router/local/run-log.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const RUN = { decisionId: "d", runId: "r", request: "{}", simulated: false, at: 7 };
const BUNDLE = new TextEncoder().encode("bundle");
const PROCESS = { pid: 17, startTime: "42" };

/** What the file says once it has been opened by somebody else, while the first still has it open: what a crash would leave. */
function afterwards(doings: readonly ((log: RunLog) => unknown)[]) {
  const file = join(temporaryDirectory(), "runs.sqlite");
  const log = openRunLog(file);
  for (const each of doings) each(log);
  const other = openRunLog(file);
  const found = { record: other.find("d"), open: other.open().map(({ decisionId }) => decisionId) };
  other.close();
  log.close();
  return found;
}

describe("the run log has it on disk when it answers", () => {
  const NEW = {
    decisionId: "d",
    runId: "r",
    request: "{}",
    acceptedAt: 7,
    simulated: false,
    state: "RUNNING",
    failure: "",
    stepsExecuted: 0,
    stepUnderWay: false,
    process: undefined,
    steps: [],
    bundle: undefined,
  };
  const ACCEPTED = (log: RunLog) => log.accept(RUN);
  const BEGUN = (log: RunLog) => log.stepBegun("d");
  const STARTED = (log: RunLog) => log.stepProcess("d", PROCESS);
  const STEP = (log: RunLog) => log.stepEnded("d", '{"n":1}');
  const END = (log: RunLog) => log.end("d", { state: "FAILED", failure: "{}", stepsExecuted: 1, bundle: BUNDLE });

  test.each([
    { doings: [ACCEPTED], record: NEW },
    { doings: [(log: RunLog) => log.accept({ ...RUN, simulated: true })], record: { ...NEW, simulated: true } },
    { doings: [ACCEPTED, BEGUN], record: { ...NEW, stepUnderWay: true } },
    { doings: [ACCEPTED, BEGUN, STARTED], record: { ...NEW, stepUnderWay: true, process: PROCESS } },
    { doings: [ACCEPTED, BEGUN, STARTED, STEP], record: { ...NEW, steps: ['{"n":1}'] } },
    {
      doings: [ACCEPTED, BEGUN, STARTED, STEP, BEGUN],
      record: { ...NEW, steps: ['{"n":1}'], stepUnderWay: true },
    },
    { doings: [ACCEPTED, STEP, STEP], record: { ...NEW, steps: ['{"n":1}', '{"n":1}'] } },
  ])("$doings.length", ({ doings, record }) => {
    expect(afterwards(doings)).toEqual({ record, open: ["d"] });
  });

  test("an end, with its bundle: it is open no more", () => {
    const { record, open } = afterwards([ACCEPTED, STEP, END]);
    expect(record).toMatchObject({ state: "FAILED", failure: "{}", stepsExecuted: 1, steps: ['{"n":1}'] });
    expect(record?.bundle).toEqual(BUNDLE);
    expect(open).toEqual([]);
  });

  test("a fence, which is no open run", () => {
    const { record, open } = afterwards([(log) => log.fence("d", 9)]);
    expect(record).toMatchObject({ state: "NOT_STARTED", runId: "", acceptedAt: 9 });
    expect(open).toEqual([]);
  });
});

describe("one entry a decision", () => {
  const log = () => openRunLog(join(temporaryDirectory(), "runs.sqlite"));

  test("a second run is not taken, and changes nothing", () => {
    const runs = log();
    expect(runs.accept(RUN)).toBe(true);
    expect(runs.accept({ ...RUN, runId: "other", request: "[]" })).toBe(false);
    expect(runs.find("d")).toMatchObject({ runId: "r", request: "{}" });
    runs.close();
  });

  test("neither a run after a fence, nor a fence after a run", () => {
    const runs = log();
    expect(runs.fence("d", 1)).toBe(true);
    expect(runs.accept(RUN)).toBe(false);
    expect(runs.fence("d", 2), "again").toBe(true);
    expect(runs.accept({ ...RUN, decisionId: "e" })).toBe(true);
    expect(runs.fence("e", 3)).toBe(false);
    expect(runs.find("e")?.state).toBe("RUNNING");
    runs.close();
  });
});

describe("the file", () => {
  test("is its owner's only", () => {
    const file = join(temporaryDirectory(), "runs.sqlite");
    const log = openRunLog(file);
    log.accept(RUN);
    for (const each of [file, `${file}-wal`, `${file}-shm`].filter((path) => existsSync(path)))
      expect((statSync(each).mode & 0o777).toString(8), each).toBe("600");
    log.close();
  });
});
