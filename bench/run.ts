// Measures the product against a bare gRPC echo, and what replaying and watching cost: npm run bench [-- --quick] [-- --name NAME]. See README.md.
import { measureFanOut } from "./fan-out.ts";
import { describeMachine } from "./machine.ts";
import { readOptions } from "./options.ts";
import { createWorkshop } from "./processes.ts";
import type { ReplayMessage, ReplayResults } from "./replay-process.ts";
import { writeResults } from "./report.ts";
import { serveEcho, serveProduct } from "./served.ts";
import { measureUnary } from "./unary.ts";

const options = readOptions(process.argv.slice(2));
const machine = describeMachine();
const workshop = createWorkshop();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => {
    void workshop.close().finally(() => process.exit(130));
  });

const progress = (words: string) => void process.stderr.write(`bench: ${words}\n`);
try {
  progress("starting the servers");
  const echo = await serveEcho(workshop);
  const product = await serveProduct(workshop, "product");
  const idleResidentBytes = (await product.gauge()).residentBytes;
  const unary = await measureUnary(workshop, { echo, product }, options.unary, progress);
  await Promise.all([echo.stop(), product.stop()]);

  progress(`${options.fanOut.watchers} watchers`);
  const watched = await serveProduct(workshop, "watched");
  const fanOut = await measureFanOut(workshop, watched, options.fanOut);
  await watched.stop();

  progress("replay");
  const message: ReplayMessage = { decisions: options.replayDecisions, directory: workshop.directory };
  const replay = await workshop.start("replay", "bench/replay-process.ts").ask<ReplayResults>(message);

  const measuredAt = new Date().toISOString();
  const text = writeResults({ measuredAt, machine, options, unary, idleResidentBytes, fanOut, replay });
  process.stdout.write(text);
} finally {
  await workshop.close();
}
