import { onTestFinished } from "vitest";
import type { Clock } from "../../../src/app/clock.ts";
import type { Router, RouterCallOptions, Run } from "../../../src/app/router.ts";
import type { RunRequest } from "../../../src/domain/run-request.ts";
import type { LocalAdapter } from "../../../src/router/local/adapter-config.ts";
import { openLocalRouter } from "../../../src/router/local/local-router.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { recorder, recordIn } from "./recorder.ts";

/** A local router in a directory of the test's own, with the adapter `recorder` if no others are given; closed when the test has ended. */
export function localRouterUnderTest(
  options: { readonly adapters?: readonly LocalAdapter[]; readonly directory?: string; readonly clock?: Clock } = {},
) {
  const directory = options.directory ?? temporaryDirectory();
  const { adapters = [recorder(directory)], clock } = options;
  const router = openLocalRouter({ directory, adapters, ...(clock === undefined ? {} : { clock }) });
  onTestFinished(() => router.close(0).catch(() => undefined));
  return { ...router, ...recordIn(directory), directory };
}

/** Runs to the end. */
export async function finished(
  router: Pick<Router, "run">,
  request: RunRequest,
  options?: RouterCallOptions,
): Promise<Run> {
  for await (const message of router.run(request, options)) if (message.kind === "finished") return message.run;
  throw new Error("the router said nothing of an end");
}

/** A run's bundle, read. */
export function bundleOf({ bundle }: Run): BundleJson {
  if (bundle === undefined) throw new Error("a run without a bundle");
  return JSON.parse(new TextDecoder().decode(bundle.bytes)) as BundleJson;
}

interface BundleJson {
  readonly [field: string]: unknown;
  readonly simulated: boolean;
  readonly outcome: string;
  readonly steps: readonly Readonly<Record<string, unknown>>[];
}
