import type { Authorization } from "./app/authorization.ts";
import { createBell } from "./app/bell.ts";
import type { Caller } from "./app/caller.ts";
import type { Log } from "./app/log.ts";
import { provesAnything } from "./config/auth-schema.ts";
import type { AuthorizationConfig } from "./config/authorization-schema.ts";
import type { Config } from "./config/schema.ts";
import { type Binding, grantsBy } from "./identity/bindings.ts";

/** What the configuration says of who may do what; it goes on with another one while the server runs. */
export interface ConfiguredAuthorization extends Authorization {
  reload(next: Config): void;
}

export function openAuthorization(config: Config, log: Log): ConfiguredAuthorization {
  const bell = createBell();
  let bindings = bindingsOf(config);
  tell(config);

  return {
    grantsOf: (identity) => (bindings === "everything" ? bindings : grantsBy(bindings, identity)),
    listen: bell.listen,
    reload(next) {
      bindings = bindingsOf(next);
      tell(next);
      bell.ring();
    },
  };

  function tell({ authorization }: Config): void {
    const facts = { event: "authorization", bindings: authorization?.length ?? 0 };
    if (bindings === "everything")
      log.warn(facts, "no roles are configured: whoever calls may do and read everything; for trying it out only");
    else if (bindings.length === 0)
      log.warn(facts, "nobody has a role: every call is denied until authorization says who may do what");
    else log.info(facts, "roles are those of the configuration");
  }
}

/** Who may enrol and revoke keys of approvers: whoever has the role, or where no roles are configured, whom the configuration names. */
export function administratorsOf(config: Config, authorization: Authorization): (caller: Caller) => boolean {
  const named = new Set(config.approverKeys.administrators);
  return (caller) => {
    const grants = authorization.grantsOf(caller);
    return grants === "everything" ? named.has(caller.actor.id) : grants.some(({ role }) => role === "key_admin");
  };
}

/** As soon as identities are proved, or roles are spoken of, nobody may do what is not granted. */
function bindingsOf({ auth, authorization }: Config): readonly Binding[] | "everything" {
  if (authorization === undefined) return provesAnything(auth) ? [] : "everything";
  return authorization.map(bindingOf);
}

function bindingOf({ roles, actors, groups, scope }: AuthorizationConfig[number]): Binding {
  return {
    roles,
    actors: actors.map((actor) => {
      const isHuman = actor.startsWith("human:");
      return { type: isHuman ? "HUMAN" : "SYSTEM", pattern: actor.slice(actor.indexOf(":") + 1) };
    }),
    groups,
    scope: {
      labels: Object.entries(scope.labels).map(([key, value]) => ({ key, value })),
      adapters: scope.adapters,
    },
  };
}
