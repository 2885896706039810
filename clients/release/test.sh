#!/usr/bin/env bash
# Clients of the last release, or of the one that is given, as they were installed then, against today's server: those for Python and TypeScript through the scenarios that
# they passed, and the verifier on the packages of today. Needs Python 3.10 or newer with venv, and Node with npm. Leaves nothing behind.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/nexus-attest-release.XXXXXX")
trap 'rm -rf "$work"' EXIT
export PATH=$root/node_modules/.bin:$PATH
node "$root/scripts/ready.mjs"
# A Node came with it, and bash would go on with the one from before.
hash -r
version=${1:-$(node "$here/last.ts")}
release=$root/releases/$version
echo "the release is $version"

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  "$release"/nexus_attest_client-*.whl grpcio==1.85.3 protobuf==7.36.2 googleapis-common-protos==1.76.0
mkdir "$work/node"
cd "$work/node"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund "$release"/nexus-attest-client-*.tgz @connectrpc/connect-node@2.2.0
cp "$release/scenarios/scenarios.ts" .

"$work/venv/bin/python" -B "$here/verdicts.py" "$root"

status=0
NEXUS_ATTEST_CLIENT="Python $version" node "$root/clients/harness/run.ts" "$work/venv/bin/python" "$release/scenarios/scenarios.py" | tee "$work/python.out" || status=1
NEXUS_ATTEST_CLIENT="TypeScript $version" node "$root/clients/harness/run.ts" node scenarios.ts node | tee "$work/node.out" || status=1
cat "$work/python.out" "$work/node.out" |
  awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 } END { printf "%d passed, %d failed\n", passed, failed }'
exit $status
