import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { CheckMessage } from "../../src/app/check-store.ts";
import type { Problem } from "../../src/app/check-stream.ts";
import { type CheckedAll, checkKept } from "../../src/check-kept.ts";
import { configSchema } from "../../src/config/schema.ts";
import { startServer } from "../../src/server.ts";
import { adaptersIn, approve, requested } from "../e2e/release.ts";
import { createCapturedLog } from "../support/captured-log.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { clientsOf } from "../support/server-under-test.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

/** A data directory that a server has left in good order, and the decisions in it. */
export interface Left {
  readonly directory: string;
  readonly ids: Readonly<Record<"executed" | "pending" | "approved" | "cancelled", string>>;
  /** When the approval of `pending` expires. */
  readonly expiresAt: number;
  remove(): void;
}

/** Lets a server make decisions that have come differently far, and stops it. */
export async function leftByServer(store?: string): Promise<Left> {
  const home = mkdtempSync(join(tmpdir(), "nexus-attest-fsck-"));
  const directory = join(home, "data");
  const config = { listen: "127.0.0.1:0", dataDir: directory, ...(store && { store }), ...adaptersIn(home).config };
  const server = await startServer(configSchema.parse(config), { log: createCapturedLog(), environment: {} });
  const as = (actor: string) => clientsOf(server.url, actor);
  try {
    const expiresAt = Date.now() + 3_600_000;
    const executed = await requested({ as });
    await approve({ as }, executed, "carol", "dave");
    await as("human:bob").decisions.executeDecision({ decisionId: executed, wait: { seconds: 20n } });
    const pending = await requested({ as }, { labels: [{ key: "team", value: "payments" }] });
    await as("human:carol").decisions.grantApproval({ decisionId: pending, expiresAt: timestampFromMs(expiresAt) });
    const approved = await requested({ as });
    await approve({ as }, approved, "carol", "dave");
    const cancelled = await requested({ as });
    const { consistencyToken } = await as("human:bob").decisions.cancelDecision({ decisionId: cancelled });
    await as("human:bob").decisions.listDecisions({ consistencyToken });
    await as("human:bob").decisions.listDecisions({ consistencyToken: `${executed}.6` });
    const ids = { executed, pending, approved, cancelled };
    return { directory, ids, expiresAt, remove: () => rmSync(home, { recursive: true, force: true }) };
  } finally {
    await server.close();
  }
}

/** A copy of it for the running test. */
export function copyOf({ directory }: Left): string {
  const copy = join(temporaryDirectory(), "data");
  cpSync(directory, copy, { recursive: true });
  return copy;
}

export interface Findings {
  readonly checked: CheckedAll;
  readonly problems: readonly Problem[];
  readonly notChecked: readonly string[];
}

/** What a check of a data directory finds. */
export async function check(
  directory: string,
  options: { readonly store?: string; readonly now?: number } = {},
): Promise<Findings> {
  const { store = "embedded", now = Date.now() } = options;
  const problems: Problem[] = [];
  const notChecked: string[] = [];
  const tell = (message: CheckMessage) => {
    if (message.kind === "problem") problems.push(message.problem);
    if (message.kind === "not checked") notChecked.push(message.stream);
  };
  const config = configSchema.parse({ dataDir: directory, store });
  const surroundings = { environment: {}, log: createCapturedLog(), clock: createManualClock(now) };
  return { checked: await checkKept(config, surroundings, tell), problems, notChecked };
}

/** Every file below a directory with what is in it, and when it was last changed; but the server's private key, which nobody but its owner can read. */
export function everyFile(directory: string): ReadonlyMap<string, string> {
  const paths = readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((path) => !path.startsWith("signing/"))
    .toSorted();
  return new Map(
    paths.map((path) => {
      const { mtimeMs, mode } = statSync(join(directory, path));
      const isFile = existsSync(join(directory, path)) && statSync(join(directory, path)).isFile();
      return [path, `${mode} ${mtimeMs} ${isFile ? readFileSync(join(directory, path)).toString("base64") : ""}`];
    }),
  );
}
