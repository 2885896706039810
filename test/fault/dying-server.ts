import { registerHooks } from "node:module";

/** The command line, with every durable step on the way from the gate to the outcome replaced by one that kills the process at the point named by `DIES_AT`. */
const source = (path: string) => new URL(`../../src/${path}`, import.meta.url).href;
const DYING = new URL("./dying-parts.ts", import.meta.url).href;
const REPLACED = new Set([
  source("open-stores.ts"),
  source("router/local/run-log.ts"),
  source("router/grpc/grpc-router.ts"),
]);

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return REPLACED.has(found.url) && context.parentURL !== DYING ? { ...found, url: DYING } : found;
  },
});
await import("../../src/main.ts");
