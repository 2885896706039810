// An adapter that does everything wrong: `misbehaving-adapter.mjs call <tool> <method> …`; the method says what.
import { spawn } from "node:child_process";
import { closeSync, writeSync } from "node:fs";

const answer = () => process.stdout.write("{}");
const hang = () => setInterval(() => undefined, 1_000);
const MiB = Buffer.alloc(1024 * 1024, "x");
const stubborn = "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000)";

/** Writes so many bytes, as fast as they are taken. */
function write(stream, bytes, done = () => undefined) {
  for (let left = bytes; left > 0; ) {
    left -= MiB.length;
    if (!stream.write(MiB)) return void stream.once("drain", () => (left > 0 ? write(stream, left, done) : done()));
  }
  done();
}

const METHODS = {
  hang,
  "answer-and-hang": () => {
    answer();
    hang();
  },
  "exit-7": () => process.exit(7),
  "answer-and-exit-1": () => process.stdout.write("{}", () => process.exit(1)),
  "die-by-sigkill": () => process.kill(process.pid, "SIGKILL"),
  "die-by-sigsegv": () => process.kill(process.pid, "SIGSEGV"),
  "stop-itself": () => process.kill(process.pid, "SIGSTOP"),
  "ignore-sigterm": () => {
    process.on("SIGTERM", () => undefined);
    hang();
  },
  nothing: () => undefined,
  rubbish: () => process.stdout.write(Buffer.from([0xff, 0xfe, 0x00, 0x7b, 0x7d])),
  "half-an-answer": () => process.stdout.write('{"a": [1, 2'),
  "two-answers": () => process.stdout.write("{}\n{}\n"),
  "one-gibibyte": () => write(process.stdout, 1024 * MiB.length),
  "256-mebibytes-of-errors": () => write(process.stderr, 256 * MiB.length, answer),
  "errors-without-end": () => write(process.stderr, Number.POSITIVE_INFINITY),
  "close-stdout": () => {
    closeSync(1);
    setTimeout(() => process.exit(0), 100);
  },
  "answer-and-close-stdout": () => {
    writeSync(1, "{}");
    closeSync(1);
    setTimeout(() => process.exit(0), 100);
  },
  "close-stdout-and-hang": () => {
    closeSync(1);
    hang();
  },
  "read-stdin": () => process.stdin.on("data", () => undefined).on("end", answer),
  "leave-a-child": () => {
    spawn("sleep", ["300"], { stdio: "inherit" }).unref();
    answer();
  },
  "leave-a-stubborn-child": () => {
    spawn(process.execPath, ["-e", stubborn], { stdio: "inherit" }).unref();
    answer();
  },
  "hang-with-children": () => {
    for (let n = 0; n < 3; n++) spawn(process.execPath, ["-e", stubborn], { stdio: "inherit" });
    hang();
  },
  "die-with-children": () => {
    spawn("sleep", ["300"], { stdio: "inherit" }).on("spawn", () => process.kill(process.pid, "SIGKILL"));
  },
  "leave-the-group": () => {
    spawn("sleep", ["300"], { stdio: "inherit", detached: true }).unref();
    answer();
  },
};

METHODS[process.argv[4]]();
