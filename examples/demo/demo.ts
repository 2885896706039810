// One decision's whole road, played with the real command line against a real server: npm run demo
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createStage, type Stage } from "./stage.ts";

const REFUSED = 5;
const GATE_CLOSED = 3;
const BROKEN = 7;
const NOTHING = /(?!)/;

const directory = mkdtempSync(join(tmpdir(), "nexus-attest-demo-"));
const stage = createStage(directory);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => leave(130));
try {
  await play(stage);
  leave(0);
} catch (error) {
  process.stderr.write(`\nthe demo failed: ${(error as Error).message}\n`);
  leave(1);
}

function leave(exitCode: number): void {
  stage.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  process.exit(exitCode);
}

async function play({ say, serve, run, watch }: Stage): Promise<void> {
  const adapter = fileURLToPath(new URL("../file-adapter.mjs", import.meta.url));
  cpSync(fileURLToPath(new URL("../plan.json", import.meta.url)), join(directory, "plan.json"));
  writeFileSync(
    join(directory, "nexus-attest.yaml"),
    `listen: 127.0.0.1:0
dataDir: data
adapters:
  - id: files
    kind: subprocess
    command: [node, ${JSON.stringify(adapter)}]
    cwd: ${JSON.stringify(directory)}
    capabilities: [apply, dry_run]
`,
  );

  say("A server over a temporary directory. Its adapter `files` is a small program that writes files.");
  const server = await serve(["--config", "nexus-attest.yaml", "--log-level", "warn"]);

  say("Bob asks for a release: two steps. The policy wants two approvals.");
  const request = ["request", "--as", "human:bob", "--goal", "raise the limit to 250", "--apply"];
  const shown = await run([...request, "--plan", "plan.json", "--adapter", "files", "--min-approvals", "2"], {
    exitCode: 0,
  });
  const id = /[0-9a-f]{32}/.exec(shown)?.[0] ?? "";

  say("Somebody looks on, from a second terminal.");
  const watching = watch(["watch", id, "--as", "human:olivia"]);
  await watching.seen(/next:/);

  say("Bob says yes to his own request.");
  await run(["approve", id, "--as", "human:bob"], { exitCode: REFUSED });

  say("Carol approves, for two seconds only. Then nobody does anything: the approval lapses by itself.");
  await run(["approve", id, "--as", "human:carol", "--expires-in", "2s"], { exitCode: 0, show: NOTHING });
  await watching.seen(/Approval expired/);
  await watching.seen(/next:/);

  say("Carol approves again, Dave too; then Dave takes his approval back.");
  await run(["approve", id, "--as", "human:carol", "--comment", "checked the plan"], { exitCode: 0, show: NOTHING });
  await run(["approve", id, "--as", "human:dave"], { exitCode: 0, show: NOTHING });
  await run(["revoke", id, "--as", "human:dave", "--reason", "the numbers look wrong"], { exitCode: 0, show: NOTHING });
  await watching.seen(/Quorum lost/);
  await watching.seen(/next:/);

  say("Bob tries to go ahead: the gate is closed, and says why.");
  await run(["execute", id, "--as", "human:bob"], { exitCode: GATE_CLOSED });

  say("Erin approves. Now it can be executed: once, and exactly what was approved.");
  await run(["approve", id, "--as", "human:erin", "--comment", "numbers confirmed"], { exitCode: 0, show: NOTHING });
  await run(["execute", id, "--as", "human:bob", "--wait", "30s"], { exitCode: 0, show: NOTHING });
  await watching.seen(/COMPLETED/);
  await watching.ended;
  process.stdout.write(`  release/limit.txt now holds: ${readFileSync(join(directory, "release/limit.txt"), "utf8")}`);

  say("What happened, for whoever asks later.");
  await run(["show", id, "--as", "human:olivia"], { exitCode: 0 });

  say("The audit package, in both modes: with the digest of the run's record, and with the record itself.");
  const reference = await run(
    ["export", id, "--as", "human:olivia", "--mode", "reference", "--out", "reference.json"],
    { exitCode: 0 },
  );
  const embedded = await run(["export", id, "--as", "human:olivia", "--mode", "embedded", "--out", "embedded.json"], {
    exitCode: 0,
  });
  if (digestIn(reference) !== digestIn(embedded)) throw new Error("the two modes have different binding digests");

  say("The server is shut down: an auditor needs the file, nothing else.");
  await server.stop();
  await run(["verify", "embedded.json"], { exitCode: 0, show: /CONSISTENT/ });

  say(
    "The auditor has been told the server's public key, and believes it: then the package is not only consistent, it is authentic.",
  );
  const trust = await run(["keys", "export", "--config", "nexus-attest.yaml"], { exitCode: 0, show: NOTHING });
  writeFileSync(join(directory, "trust.json"), trust);
  await run(["verify", "reference.json", "--trust", "trust.json"], { exitCode: 0, show: /AUTHENTIC/ });
  await run(["verify", "embedded.json", "--trust", "trust.json"], { exitCode: 0 });

  say("One character is changed: the limit was 250, the package now says 950.");
  const genuine = readFileSync(join(directory, "embedded.json"), "utf8");
  writeFileSync(join(directory, "changed.json"), genuine.replace("raise the limit to 250", "raise the limit to 950"));
  const report = await run(["verify", "changed.json"], { exitCode: BROKEN, show: /FAIL|BROKEN/ });
  if (!report.includes("control_digest")) throw new Error("the verifier did not name the check that failed");

  say("Try it yourself:");
  process.stdout.write(`  npm start -- --config examples/nexus-attest.yaml
  ./nexus-attest request --as human:you --goal 'my first decision' --apply --plan examples/plan.json --adapter files --min-approvals 1
  ./nexus-attest approve ID --as human:somebody-else
  ./nexus-attest execute ID --as human:you --wait 30s
  ./nexus-attest export ID --as human:you && ./nexus-attest verify ID.audit.json
  ./nexus-attest keys export --config examples/nexus-attest.yaml > trust.json && ./nexus-attest verify ID.audit.json --trust trust.json
`);
}

function digestIn(text: string): string | undefined {
  return /sha256:[0-9a-f]{64}/.exec(text)?.[0];
}
