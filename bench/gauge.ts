// Loaded into a server before its own code: tells what the process has used, whenever it is asked, and ends it with the benchmark.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Gauge, GaugeQuestion } from "./served.ts";

process.on("message", ({ collectGarbage }: GaugeQuestion) => {
  const { user, system } = process.cpuUsage();
  const { rss } = process.memoryUsage();
  const answer: Gauge = {
    cpuMicroseconds: user + system,
    residentBytes: rss,
    liveBytes: collectGarbage ? liveBytes() : 0,
  };
  process.send?.(answer);
});
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.channel?.unref();

function liveBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
