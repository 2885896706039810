// Prints the version of the last release.
import { lastRelease } from "../../scripts/last-release.ts";

process.stdout.write(`${lastRelease()}\n`);
