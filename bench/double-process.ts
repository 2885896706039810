import { startDouble } from "../test/eventstoredb/double.ts";

/** The tests' double of EventStoreDB in a process of its own, so that what it costs is nobody else's. */
const double = await startDouble();
process.stdout.write(`the double listens on ${double.network.port}\n`);
