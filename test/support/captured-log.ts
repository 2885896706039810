import type { Log } from "../../src/app/log.ts";

export interface LogLine {
  readonly level: keyof Log;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface CapturedLog extends Log {
  readonly lines: readonly LogLine[];
}

/** A log that keeps what it is told. */
export function createCapturedLog(): CapturedLog {
  const lines: LogLine[] = [];
  const write = (level: keyof Log) => (facts: object, message: string) => {
    lines.push({ level, facts: facts as LogLine["facts"], message });
  };
  return { lines, debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
