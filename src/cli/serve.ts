import { pino, stdSerializers } from "pino";
import { loadConfig, type Overrides } from "../config/load-config.ts";
import { printConfig } from "../config/print-config.ts";
import { startServer } from "../server.ts";
import { EXIT } from "./failure.ts";

/** Serves until SIGINT or SIGTERM: the first of either drains, the second ends it at once. SIGHUP reloads what docs/security.md names. */
export async function serve(
  options: Overrides & { readonly config?: string; readonly printConfig?: boolean },
): Promise<number> {
  const environment = process.env;
  const file = options.config ?? environment["NEXUS_ATTEST_CONFIG"];
  const loaded = loadConfig(file, environment, options);
  if (options.printConfig === true) {
    process.stdout.write(printConfig(loaded));
    return EXIT.ok;
  }
  const { config } = loaded;
  const log = pino(
    { level: config.log.level, base: null, serializers: { error: stdSerializers.err } },
    pino.destination({ fd: 2, sync: true }),
  );
  const signalled = Promise.withResolvers<void>();
  let isDraining = false;
  // Heard from before it serves: a server that is told to go while it comes up goes in good order.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (isDraining) process.exit(EXIT.interrupted);
      isDraining = true;
      signalled.resolve();
    });
  }
  // One that is still coming up reads the configuration anyway.
  let reload = (): void => undefined;
  process.on("SIGHUP", () => reload());
  const server = await startServer(config, { log, environment });
  reload = () => {
    try {
      const waiting = server.reload(() => loadConfig(file, environment, options).config);
      log.info({}, "reloaded: the configuration is in force as it is now, as far as a reload goes");
      if (waiting.length > 0)
        log.warn({ keys: waiting.join(", ") }, "these keys are other than the server goes by: they take a restart");
    } catch (error) {
      log.error({ problem: (error as Error).message }, "not reloaded: what was in force stays so");
    }
  };
  process.stdout.write(`nexus-attest serves on ${server.url}\n`);
  await signalled.promise;
  await server.close();
  return EXIT.ok;
}
