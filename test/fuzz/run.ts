// Sends a server a million frames, most of them wrong in some way, over real sockets, and tells what became of it.
//   npm run fuzz -- [--frames 1000000] [--seed 1] [--from 0] [--cases N]
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { campaign } from "./campaign.ts";
import { temporaryPlace } from "./temporary-place.ts";

const { values } = parseArgs({
  options: {
    frames: { type: "string", default: "1000000" },
    seed: { type: "string", default: `${Date.now() % 2 ** 31}` },
    from: { type: "string", default: "0" },
    cases: { type: "string" },
  },
});
const whole = (name: "frames" | "seed" | "from" | "cases"): number => {
  const value = Number(values[name] ?? Number.POSITIVE_INFINITY);
  if (Number.isNaN(value) || value < 0) throw new Error(`--${name}: wants a whole number`);
  return value;
};
const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const [seed, frames] = [whole("seed"), whole("frames")];
const directory = temporaryPlace();
tell(`seed ${seed}; the same cases again: npm run fuzz -- --seed ${seed} --frames ${frames}`);
const report = await campaign({ seed, frames, from: whole("from"), cases: whole("cases"), directory, tell });
const { memory, findings, faults } = report;
tell(`${report.frames} frames in ${report.cases} cases, ${report.seconds} s`);
if (memory !== undefined)
  tell(`memory: ${memory.early} MiB early, ${memory.late} MiB late, ${memory.most} MiB at most`);
for (const fault of faults) tell(`the server called it a fault of its own: ${fault}`);
for (const finding of findings) tell(`FOUND: ${finding}`);
const isSound = findings.length === 0 && faults.length === 0;
tell(isSound ? "nothing was found" : `what is left of it is in ${directory}`);
if (isSound) rmSync(directory, { recursive: true, force: true });
process.exit(isSound ? 0 : 1);
