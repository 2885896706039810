import { DatabaseSync, type StatementResultingChanges } from "node:sqlite";
import { decodeRunRequest, encodeRunRequest } from "../../../src/codec/run-request.ts";
import { openLocalRouter } from "../../../src/router/local/local-router.ts";
import { recorder } from "./recorder.ts";

/** A moment in the life of a run: the n-th time that the run log is told something that begins so. */
export interface Moment {
  readonly statement: string;
  readonly nth: number;
  readonly side: "before" | "after";
}

/** The arguments of this program. */
export function argumentsFor(directory: string, request: Parameters<typeof encodeRunRequest>[0], moment?: Moment) {
  return [import.meta.filename, directory, encodeRunRequest(request), JSON.stringify(moment ?? null)];
}

/** Runs a request on a local router in a process of its own, which is killed with SIGKILL at the moment. */
if (process.argv[1] === import.meta.filename) {
  const [, , directory = "", request = "", moment = "null"] = process.argv;
  killAt(JSON.parse(moment) as Moment | null);
  const router = openLocalRouter({ directory, adapters: [recorder(directory)] });
  for await (const { kind } of router.run(decodeRunRequest(request))) if (kind === "finished") break;
  await router.close(0);
}

function killAt(moment: Moment | null): void {
  if (moment === null) return;
  let times = 0;
  const watched = <Result>(statement: string, doIt: () => Result): Result => {
    const now = statement.startsWith(moment.statement) && ++times === moment.nth;
    if (now && moment.side === "before") process.kill(process.pid, "SIGKILL");
    const result = doIt();
    if (now) process.kill(process.pid, "SIGKILL");
    return result;
  };
  const original = Object.getOwnPropertyDescriptors(DatabaseSync.prototype);
  DatabaseSync.prototype.exec = function (statement) {
    return watched(statement.trim(), () => original.exec.value?.call(this, statement));
  };
  DatabaseSync.prototype.prepare = function (text) {
    const statement = original.prepare.value?.call(this, text);
    if (statement === undefined) throw new TypeError("there is no such method");
    const run = statement.run.bind(statement) as (...values: readonly unknown[]) => StatementResultingChanges;
    statement.run = (...values: readonly unknown[]) => watched(text, () => run(...values));
    return statement;
  };
}
