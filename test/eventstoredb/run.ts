// Runs every test that a store on EventStoreDB has to pass: against the server that EVENTSTOREDB_URL names, or else against the double.
import { spawnSync } from "node:child_process";
import { parseConnection } from "../../src/store/eventstoredb/connection.ts";

const TESTS = ["test/store/eventstoredb", "test/fault/eventstoredb", "test/e2e/eventstoredb", "test/eventstoredb"];

const url = process.env["EVENTSTOREDB_URL"];
process.stdout.write(
  url === undefined
    ? "EVENTSTOREDB_URL is not set: the real server was NOT tested, these tests run against the double in test/eventstoredb.\n"
    : `Against the server at ${parseConnection(url).address}; what only the double can be told to do runs against the double.\n`,
);
const { status } = spawnSync("vitest", ["run", ...TESTS], { stdio: "inherit" });
process.exitCode = status ?? 1;
