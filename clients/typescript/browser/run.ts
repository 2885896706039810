// The bundle of the client in a real browser: run.ts CHROMIUM SCRIPT, under clients/harness/run.ts
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect, isDeepStrictEqual } from "node:util";
import { chromium, type Page } from "playwright-core";
import { serveOneOrigin } from "./one-origin.ts";
import type { pageUnderTest as Tested } from "./page.ts";

declare const pageUnderTest: typeof Tested;

const [executablePath = "", script = ""] = process.argv.slice(2);
const address = process.env["NEXUS_ATTEST_ADDRESS"] ?? "";
const control = process.env["NEXUS_ATTEST_CONTROL"] ?? "";

const { origin, server } = await serveOneOrigin(readFileSync(script), new URL(address));
const profile = mkdtempSync(join(tmpdir(), "nexus-attest-browser-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

const tests: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
  [
    "a page requests, approves, executes and watches to the end, and takes the evidence",
    async (page) => {
      const { seqs, state, closed, bindingDigest } = await page.evaluate(async () => await pageUnderTest.wholeWay());
      expect(seqs, [0, 1, 2, 3, 4, 5]);
      expect(state, "COMPLETED");
      expect(closed, "GATE_CLOSED");
      expect(/^sha256:[0-9a-f]{64}$/.test(bindingDigest), true);
    },
  ],
  [
    "a watch of a page goes on through a restart of the server",
    async (page) => {
      const decisionId = await page.evaluate(async () => await pageUnderTest.begin());
      await sleep(300);
      await fetch(`${control}/kill`);
      await sleep(500);
      await fetch(`${control}/start`);
      const found = await page.evaluate(async (id) => await pageUnderTest.finish(id), decisionId);
      expect(found, { seqs: [0, 1, 2], state: "REJECTED" });
    },
  ],
  [
    "a page of another origin gets no answer",
    async (page) => {
      const said = await page.evaluate(async (other) => await pageUnderTest.elsewhere(other), address);
      expect(said.startsWith("|"), true);
    },
  ],
];

let failed = 0;
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => process.stdout.write(`the page: ${error}\n`));
  await page.goto(origin);
  await page.waitForFunction(() => "pageUnderTest" in globalThis);
  for (const [what, run] of tests) {
    const began = performance.now();
    try {
      await run(page);
      process.stdout.write(`ok   ${what} (${((performance.now() - began) / 1000).toFixed(1)} s)\n`);
    } catch (error) {
      failed += 1;
      process.stdout.write(`FAIL ${what}: ${inspect(error)}\n`);
    }
  }
} finally {
  await browser.close();
  server.closeAllConnections();
  server.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
process.stdout.write(`${tests.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function expect(found: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(found, wanted)) throw new Error(`wanted ${inspect(wanted)}, found ${inspect(found)}`);
}
