import { type Gate, gateOf } from "./gate.js";
import { type History, replay } from "./history.js";
import { type LogEvent, readLog } from "./log.js";
import { type OpenedPackage, openPackage } from "./opened-package.js";
import { type Run, runOf } from "./run.js";

/** What could be made of a file, each part out of the one before; a part is absent if it, or one before it, could not be made. */
export interface Evidence {
  readonly file?: OpenedPackage | undefined;
  readonly log?: readonly LogEvent[] | undefined;
  readonly history?: History | undefined;
  readonly gate?: Gate | undefined;
  readonly run?: Run | undefined;
  /** Why a part could not be made, in words. */
  readonly problems: { readonly format?: string; readonly log?: string; readonly history?: string };
}

export function evidenceOf(bytes: Uint8Array): Evidence {
  const file = openPackage(bytes);
  if (typeof file === "string") return { problems: { format: file } };
  const log = readLog(file);
  if (typeof log === "string") return { file, problems: { log } };
  const history = replay(log);
  if (typeof history === "string") return { file, log, problems: { history } };
  const gate = gateOf(file, history);
  return { file, log, history, gate, run: gate && runOf(gate), problems: {} };
}
