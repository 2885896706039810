#!/usr/bin/env bash
# The bundle of the client in Chromium, against a real server behind one origin. Needs Node with npm, and Chromium: where that is missing it is installed by apt if this is
# root on a Debian, and else nothing is tried, which is said. CHROMIUM names another browser of that kind. Leaves nothing behind but Chromium.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
client=$(dirname "$here")
root=$(cd "$here/../../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/nexus-attest-browser.XXXXXX")
trap 'rm -rf "$work"' EXIT
export PATH=$root/node_modules/.bin:$PATH
node "$root/scripts/ready.mjs"
# A Node came with it, and bash would go on with the one from before.
hash -r

found() { command -v "${CHROMIUM:-chromium}" || command -v chromium-browser || command -v google-chrome; }
if ! found >/dev/null && [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
  echo 'installing chromium'
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } >"$work/apt" 2>&1 || tail -n 5 "$work/apt"
fi
if ! browser=$(found); then
  echo 'NOT RUN: there is no Chromium. Install it ("apt-get install chromium" as root, or from your system), or say where it is: CHROMIUM=/path/to/chrome.'
  exit 0
fi

cd "$client"
npm ci --silent
npm run --silent build
node_modules/.bin/esbuild browser/page.ts --bundle --platform=browser --format=esm --outfile="$work/page.js" --log-level=warning
node "$root/clients/harness/run.ts" node browser/run.ts "$browser" "$work/page.js"
