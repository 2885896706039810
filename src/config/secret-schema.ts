import { z } from "zod";

/** A value, or where to find one that must not stand in the file. */
export const secret = z.union([
  z.string(),
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);

export type Secret = z.output<typeof secret>;
