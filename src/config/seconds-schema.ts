import { z } from "zod";

/** Seconds in the file, milliseconds inside. */
export const seconds = (fallback: number, most = 7 * 24 * 3600) => z.number().positive().max(most).default(fallback);
