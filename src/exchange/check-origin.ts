import { problemOfOwnLog } from "./check-own-log.ts";
import type { ForeignEvent } from "./foreign-event.ts";
import { ForeignProblem } from "./foreign-problem.ts";
import { problemsOf } from "./inexpressible.ts";
import { type OwnLog, takeUpLog } from "./own-log.ts";
import type { PythonStatus } from "./python-format.ts";
import { pythonJson, pythonJsonOf } from "./python-json.ts";
import type { Shape } from "./shape.ts";
import { bundleContent } from "./to-python-bundle.ts";

/** The log of ours that a bundle was made of: it has to be whole, and to say, converted again, what the bundle says. */
export function checkOrigin(events: readonly ForeignEvent[], { members }: Shape, status: PythonStatus): OwnLog {
  const texts = events.map(({ origin, seq }) => {
    if (origin === undefined) throw new ForeignProblem(`events[${seq}] is not of our log, and others are.`);
    return origin;
  });
  const log = takeUpLog(texts);
  if ("problem" in log) throw new ForeignProblem(`nexus_attest_event: ${log.problem}`);
  const own = log.events.map(({ event }) => event);
  const problem = problemsOf(own, log.decision)[0] ?? problemOfOwnLog(log);
  if (problem !== undefined) throw new ForeignProblem(`nexus_attest_event: ${problem}`);
  const content = bundleContent(log, status);
  for (const [name, value] of Object.entries(content)) {
    const given = members.get(name);
    if (given === undefined || pythonJson(given) !== pythonJsonOf(value))
      throw new ForeignProblem(`${name} does not say what the log of ours within it says.`);
  }
  return log;
}
