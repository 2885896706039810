// Makes a bare clone ready to run: installs exactly what package-lock.json pins, once, and sees to it that there is a Node that can run the sources.
// Plain JavaScript for any Node from 18 on, because it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 24;
const root = fileURLToPath(new URL("..", import.meta.url));

if (!isInstalled()) {
  process.stderr.write("nexus-attest: installing the pinned libraries (npm ci)\n");
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ["ignore", "ignore", "inherit"] };
  const { status, error } =
    npm === undefined
      ? spawnSync("npm", ["ci"], options)
      : spawnSync(process.env.npm_node_execpath ?? process.execPath, [npm, "ci"], options);
  if (status !== 0) stop(`"npm ci" failed (${error?.message ?? `exit ${status}`}): run it by hand to see why.`);
}

const { stdout } = spawnSync("node", ["--version"], { cwd: root, encoding: "utf8" });
const major = Number(/^v(\d+)/.exec(stdout ?? "")?.[1] ?? 0);
if (major < OLDEST_NODE)
  stop(`Node ${OLDEST_NODE} or newer is needed here, this one is ${String(stdout).trim() || "missing"}.`);

/** Whether node_modules holds every package that the lock pins; npm writes down there what it installed. */
function isInstalled() {
  const wanted = packages("package-lock.json");
  const found = packages("node_modules/.package-lock.json");
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    const installed = found[path];
    return path === "" || (installed === undefined ? optional === true : installed.version === version);
  });
}

function packages(file) {
  try {
    return JSON.parse(readFileSync(`${root}/${file}`, "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
}

function stop(message) {
  process.stderr.write(`nexus-attest: ${message}\n`);
  process.exit(1);
}
