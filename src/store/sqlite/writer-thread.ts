import { parentPort, workerData } from "node:worker_threads";
import { openForWriting } from "./database.ts";
import { createWriter } from "./writer.ts";
import type { FromWriter, ToWriter } from "./writer-protocol.ts";

/** The writer's thread: the event loop that serves calls never waits for the disk. */
const { file, maxPages } = workerData as { readonly file: string; readonly maxPages: number | undefined };
const port = parentPort;
if (port === null) throw new Error("this file is started as a worker thread");

const answer = (message: FromWriter) => port.postMessage(message);

try {
  const database = openForWriting(file);
  if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
  const writer = createWriter(database);
  port.on("message", (message: ToWriter) => {
    switch (message.kind) {
      case "append":
        return answer({ kind: "outcomes", outcomes: writer.appendAll(message.jobs) });
      case "probe":
        return answer({ kind: "probed", problem: writer.probe() });
      case "close":
        database.close();
        answer({ kind: "closed" });
        port.close();
    }
  });
  answer({ kind: "ready" });
} catch (error) {
  const { name, message } = error as Error;
  answer({ kind: "refused", name, message });
  port.close();
}
