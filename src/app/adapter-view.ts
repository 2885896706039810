import type { AdapterView } from "../domain/blocking.ts";
import type { Decision } from "../domain/state.ts";
import { gateOf } from "../domain/state.ts";
import type { Clock } from "./clock.ts";
import { AdapterUnknown, type Router, RouterUnavailable } from "./router.ts";

/** Finds out what is known of the adapter that would carry a decision out. */
export interface AdapterViews {
  /** Asked of the router now. Never throws for what the router does: an adapter whose capabilities cannot be learned is unknown. */
  ask(adapterId: string | undefined, signal?: AbortSignal): Promise<AdapterView>;

  /** For display: an answer may be a few seconds old. Behind the gate nobody is asked, for it no longer matters. */
  recent(decision: Decision, signal?: AbortSignal): Promise<AdapterView>;

  /** The same for the answer to a command, which a silent router must not hold up: what was written is written. Whoever has not answered soon is unknown. */
  soon(decision: Decision): Promise<AdapterView>;
}

/** How long a router's answer serves for display, in milliseconds. */
const RECENT = 5_000;

/** How long the answer to a command waits for a router, in milliseconds. */
const SOON = 500;

/** How many adapters are remembered. */
const MAX_REMEMBERED = 1_000;

export function createAdapterViews(ports: {
  readonly router: Router;
  readonly clock: Clock;
  /** How long a router may take to describe an adapter, in milliseconds. */
  readonly timeout: number;
}): AdapterViews {
  const { router, clock, timeout } = ports;
  const remembered = new Map<string, { readonly view: Promise<AdapterView>; readonly at: number }>();
  return { ask, recent, soon };

  async function ask(adapterId: string | undefined, signal?: AbortSignal): Promise<AdapterView> {
    if (adapterId === undefined || adapterId === "") return { kind: "unchosen" };
    const deadline = AbortSignal.timeout(timeout);
    try {
      const { capabilities } = await router.describeAdapter(adapterId, {
        signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
      });
      return { kind: "known", adapterId, capabilities };
    } catch (error) {
      signal?.throwIfAborted();
      if (deadline.aborted) return unknown(adapterId, `its router did not answer within ${timeout} ms.`);
      if (error instanceof AdapterUnknown) return unknown(adapterId, "no router has it; see the configuration.");
      if (error instanceof RouterUnavailable)
        return unknown(adapterId, `its router is not available: ${error.message}`);
      throw error;
    }
  }

  async function recent(decision: Decision, signal?: AbortSignal): Promise<AdapterView> {
    if (gateOf(decision.phase) !== undefined) return { kind: "unchosen" };
    const adapterId = likelyAdapter(decision);
    if (adapterId === undefined) return { kind: "unchosen" };
    const now = clock.now();
    const known = remembered.get(adapterId);
    // The caller's signal does not end a question whose answer serves others too.
    if (known === undefined || Math.abs(now - known.at) > RECENT) {
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      const view = ask(adapterId);
      remembered.set(adapterId, { view, at: now });
      // A fault is no answer to remember; and whoever asked may be gone by now.
      view.catch(() => remembered.delete(adapterId));
    }
    signal?.throwIfAborted();
    return await (remembered.get(adapterId)?.view ?? ask(adapterId));
  }

  async function soon(decision: Decision): Promise<AdapterView> {
    const answered = new AbortController();
    const late = clock
      .sleep(SOON, answered.signal)
      .then(() => unknown(likelyAdapter(decision) ?? "", "its router has not answered yet."));
    try {
      return await Promise.race([recent(decision), late]);
    } finally {
      answered.abort();
    }
  }
}

/** The request's adapter, or the only one there is to choose. */
function likelyAdapter({ created, policy }: Decision): string | undefined {
  if (created.adapterId !== "") return created.adapterId;
  const allowed = policy?.policy.allowedAdapters ?? [];
  return allowed.length === 1 ? allowed[0] : undefined;
}

function unknown(adapterId: string, why: string): AdapterView {
  return { kind: "unknown", adapterId, why };
}
