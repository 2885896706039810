import { ROLES } from "../../src/domain/grant.ts";

/** Bindings by which all who are let in may do everything: for tests of how they are let in. */
export const EVERYBODY = [
  { roles: [...ROLES], actors: ["human:*", "human:*@test", "human:*@example.com", "system:*"] },
] as const;
