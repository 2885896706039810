import { z } from "zod";

/** A name that the configuration gives: of an adapter, of a router. */
export const id = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    "1 to 63 letters, digits, '.', '_' or '-', beginning with a letter or digit",
  );
