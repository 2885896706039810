import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// Halves the time that a command takes to start. The cache lies among the libraries, where whoever may write may change the code anyway.
enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/node-compile", import.meta.url)));
const { EXIT } = await import("./cli/failure.ts");
const { run } = await import("./cli/program.ts");

// A reader that goes away, such as `head`, ends the program quietly.
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.unexpected),
);

const command = process.argv.slice(2);
if (!command.includes("serve")) process.once("SIGINT", () => process.exit(EXIT.interrupted));
process.exit(await run(command));
