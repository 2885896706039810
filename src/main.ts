import { EXIT } from "./cli/failure.ts";
import { run } from "./cli/program.ts";

// A reader that goes away, such as `head`, ends the program quietly.
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.unexpected),
);

const command = process.argv.slice(2);
if (!command.includes("serve")) process.once("SIGINT", () => process.exit(EXIT.interrupted));
process.exit(await run(command));
