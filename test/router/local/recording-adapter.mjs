// An adapter that keeps a record of its calls: `recording-adapter.mjs <directory> call <tool> <method> --json-args-file <path> …`.
// Each call becomes a line of JSON in `calls`. The method says what it does: `fail`, `wait` until the file `go` is there, the same with a child of its own
// (`parent`), or anything else: answer.
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const [, , directory, ...args] = process.argv;
const [, tool, method, , file] = args;
const child = method === "parent" ? spawn("sleep", ["60"], { stdio: "ignore" }).pid : undefined;
const call = {
  tool,
  method,
  args,
  file,
  text: readFileSync(file, "utf8"),
  mode: (statSync(file).mode & 0o777).toString(8),
  environment: process.env,
  cwd: process.cwd(),
  pid: process.pid,
  child,
};
appendFileSync(join(directory, "calls"), `${JSON.stringify(call)}\n`);
if (method === "fail") {
  process.stderr.write("it does not work\n");
  process.exit(3);
}
if (method === "wait" || method === "parent") while (!existsSync(join(directory, "go"))) await sleep(10);
process.stdout.write(JSON.stringify({ tool, method }));
