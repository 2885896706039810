import { AdapterUnknown, type Router, type Routing, RunRefused } from "../app/router.ts";

/** A router and the adapters that are its. */
export interface Route {
  /** For messages. */
  readonly name: string;
  readonly kind: "local" | "remote";
  readonly adapters: readonly string[];
  readonly router: Router;
}

/**
 * One router out of many: each adapter is asked of, and run by, the router that has it.
 *
 * @throws {TypeError} if two routers have the same adapter.
 */
export function createRouting(routes: readonly Route[]): Routing {
  const byAdapter = new Map<string, Route>();
  for (const route of routes) {
    for (const adapterId of route.adapters) {
      const other = byAdapter.get(adapterId);
      if (other !== undefined)
        throw new TypeError(`Adapter ${adapterId} is configured twice: for ${other.name} and for ${route.name}.`);
      byAdapter.set(adapterId, route);
    }
  }
  return {
    describeAdapter: async (adapterId, options) => await routerOf(adapterId).describeAdapter(adapterId, options),
    async *run(request, options) {
      const route = byAdapter.get(request.adapterId);
      // Nobody was asked to run it, and nobody will be: the configuration has changed since the gate.
      if (route === undefined)
        throw new RunRefused("ADAPTER_UNKNOWN", `No router is configured for adapter ${request.adapterId}.`);
      yield* route.router.run(request, options);
    },
    kindOf: (adapterId) => byAdapter.get(adapterId)?.kind,
    getRun: async (adapterId, decisionId, options) => await routerOf(adapterId).getRun(adapterId, decisionId, options),
  };

  function routerOf(adapterId: string): Router {
    const route = byAdapter.get(adapterId);
    if (route === undefined) throw new AdapterUnknown(`no router is configured for adapter ${adapterId}`);
    return route.router;
  }
}
