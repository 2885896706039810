import { registerHooks } from "node:module";

/** The command line over an event store whose file cannot grow beyond 8 MiB; see small-store.ts. */
const REAL = new URL("../../src/store/sqlite/event-store.ts", import.meta.url).href;
const SMALL = new URL("./small-store.ts", import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return found.url === REAL && context.parentURL !== SMALL ? { ...found, url: SMALL } : found;
  },
});
await import("../../src/main.ts");
