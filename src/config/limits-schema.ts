import { z } from "zod";

const MEBIBYTE = 1024 * 1024;

const whole = (fallback: number, least: number, most: number) => z.int().min(least).max(most).default(fallback);
const seconds = (fallback: number, most: number) => z.number().min(1).max(most).default(fallback);

const perActor = z
  .strictObject({
    callsPerSecond: whole(1_000, 1, 1_000_000).describe("Calls a second, in the long run."),
    burst: whole(2_000, 1, 1_000_000).describe("Calls at once, after a pause."),
    maxCalls: whole(512, 1, 1_000_000).describe("Calls in progress at the same time, streams not counted."),
    maxStreams: whole(1_024, 1, 1_000_000).describe("Streams that are open at the same time."),
  })
  .prefault({});

const connections = z
  .strictObject({
    max: whole(4_096, 1, 1_000_000).describe("Connections at the same time; one more is closed at once."),
    maxPerAddress: whole(512, 1, 1_000_000).describe(
      "Of them, from one address. Behind a proxy all come from its own.",
    ),
    handshakeSeconds: seconds(10, 300).describe(
      "How long a new connection may take for TLS, and then for its first bytes.",
    ),
    headerSeconds: seconds(30, 300).describe("How long the headers of an HTTP/1.1 request may take."),
    bodySeconds: seconds(120, 3_600).describe("How long the message of a request may take to come in."),
    idleSeconds: seconds(300, 86_400).describe("After how long without a call a connection is closed."),
    maxAgeSeconds: z
      .number()
      .min(60)
      .max(7 * 86_400)
      .optional()
      .describe(
        "Age, give or take a tenth, at which an HTTP/2 connection takes no new calls; those that it has go on. Default: none.",
      ),
    writeStallSeconds: seconds(60, 3_600).describe(
      "How long a client may leave unread what waits for it; a second more for each 64 KiB.",
    ),
  })
  .prefault({});

/** What clients may ask of the server. */
export const limitsSchema = z
  .strictObject({
    maxMessageBytes: whole(4 * MEBIBYTE, 64 * 1024, 256 * MEBIBYTE).describe(
      "Largest request; verifying a package may take 64 MiB.",
    ),
    maxStreamsPerConnection: whole(2_000, 1, 100_000).describe("Calls at the same time on one HTTP/2 connection."),
    maxRequestBytes: whole(512 * MEBIBYTE, 16 * MEBIBYTE, 64 * 1024 * MEBIBYTE).describe(
      "Requests in memory at the same time, of all connections together, in bytes; of one caller, half of it.",
    ),
    maxCalls: whole(4_096, 1, 1_000_000).describe("Calls in progress at the same time, streams not counted."),
    maxEventLoopDelayMs: z
      .number()
      .min(10)
      .max(60_000)
      .default(100)
      .describe(
        "How late the server may be at its work, in milliseconds, before it refuses calls that it cannot get to.",
      ),
    failedAuthenticationsPerMinute: whole(300, 1, 1_000_000).describe(
      "Calls by nobody valid, from one address, before it is refused without a look at its credentials.",
    ),
    perActor,
    connections,
  })
  .superRefine(({ maxMessageBytes, maxRequestBytes }, context) => {
    // A compressed one is counted with what it may become, and one caller may have half.
    if (maxRequestBytes < 4 * maxMessageBytes)
      context.addIssue({ code: "custom", path: ["maxRequestBytes"], message: "no less than 4 times maxMessageBytes" });
  })
  .prefault({});

export type LimitsConfig = z.output<typeof limitsSchema>;

/** Origins whose pages may call. To the letter: a pattern would sooner or later let somebody else's in. */
export const corsSchema = z
  .strictObject({
    allowedOrigins: z
      .array(
        z.string().refine(isOrigin, { error: "an origin such as https://console.example.com: no path, no *, no null" }),
      )
      .max(64)
      .default([])
      .describe("Origins of pages that a browser lets call this server; by default only its own."),
  })
  .prefault({});

function isOrigin(text: string): boolean {
  return (
    !text.includes("*") &&
    URL.canParse(text) &&
    /^https?:$/.test(new URL(text).protocol) &&
    new URL(text).origin === text
  );
}
