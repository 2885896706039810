import { startDouble } from "../test/eventstoredb/double.ts";
import { createLedger } from "../test/eventstoredb/ledger.ts";
import { newDecision } from "./store-catch-up.ts";

/** The tests' double of EventStoreDB in a process of its own, so that what it costs is nobody else's; given two numbers, with so many decisions of so many events. */
const [decisions = 0, events = 0] = process.argv.slice(2).map(Number);
const ledger = createLedger();
for (let written = 0; written < decisions; written++) {
  const { stream, log } = newDecision(events);
  const proposed = log.map(({ id, type, data, metadata }) => ({
    id,
    type,
    contentType: "application/json",
    data: Buffer.from(data),
    metadata: Buffer.from(metadata),
  }));
  ledger.append(stream, "no_stream", proposed);
}
const double = await startDouble(ledger);
process.stdout.write(`the double listens on ${double.network.port}\n`);
