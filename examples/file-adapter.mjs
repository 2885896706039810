#!/usr/bin/env node
// A tiny adapter: writes and removes files below the directory it was started in.
// It is called as: file-adapter.mjs call files <method> --json-args-file <path>
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, resolve, sep } from "node:path";

const [, , verb, tool, method, flag, argumentsFile] = process.argv;
if (verb !== "call" || tool !== "files" || flag !== "--json-args-file")
  fail(`cannot do: ${process.argv.slice(2).join(" ")}`);
const { path, content = "" } = JSON.parse(await readFile(argumentsFile, "utf8"));
const target = resolve(String(path));
if (!target.startsWith(process.cwd() + sep)) fail(`${path} is outside of ${process.cwd()}`);

switch (method) {
  case "write":
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    answer({ wrote: path, bytes: Buffer.byteLength(content) });
    break;
  case "remove":
    await rm(target);
    answer({ removed: path });
    break;
  default:
    fail(`no such method: ${method}`);
}

function answer(value) {
  process.stdout.write(JSON.stringify(value));
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
