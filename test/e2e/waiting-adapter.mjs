// An adapter whose steps last until the file `go` lies in its working directory. Each step leaves a line in `calls`.
import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

mkdirSync(".", { recursive: true });
appendFileSync("calls", `${process.argv.slice(3, 5).join(" ")}\n`);
while (!existsSync("go")) await sleep(10);
process.stdout.write("{}");
