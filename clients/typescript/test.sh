#!/usr/bin/env bash
# Builds and packs the package, runs the programs of docs/clients/typescript.md and verify.md as they stand there in a folder of their own, those of
# examples/typescript, tries the verifier, and runs the scenarios: over gRPC, and over Connect from a bundle made for browsers. Needs Node with npm. Leaves nothing behind.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/nexus-attest-typescript.XXXXXX")
trap 'rm -rf "$work"' EXIT
export PATH=$root/node_modules/.bin:$PATH
node "$root/scripts/ready.mjs"
# A Node came with it, and bash would go on with the one from before.
hash -r

cd "$here"
npm ci --silent
npm run --silent build
npm pack --silent --pack-destination "$work" >/dev/null
mkdir "$work/page"
cd "$work/page"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund "$work"/nexus-attest-client-*.tgz @connectrpc/connect-node@2.2.0
awk '/^```ts$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$root/docs/clients/typescript.md" >page.ts
"$here/node_modules/.bin/tsc" --noEmit --strict --module nodenext --target es2023 --types node --typeRoots "$here/node_modules/@types" page.ts
NEXUS_ATTEST_ADAPTER=tool node "$root/clients/harness/run.ts" node page.ts | tee "$work/page.out"
grep -q '^COMPLETED$' "$work/page.out"
grep -q 'bytes of evidence, sha256:' "$work/page.out"

# The program and the command of docs/clients/verify.md, which have no use for what else the package needs.
awk '/^```ts$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$root/docs/clients/verify.md" >verify.ts
"$here/node_modules/.bin/tsc" --noEmit --strict --module nodenext --target es2023 --types node --typeRoots "$here/node_modules/@types" verify.ts
[[ $(node verify.ts "$root/docs/examples/audit-package.signed.json" "$root/docs/examples/trust-policy.json") == AUTHENTIC ]]
bundle() { "$here/node_modules/.bin/esbuild" "$@" --bundle --log-level=warning; }
bundle node_modules/@nexus-attest/client/dist/verify.js --platform=browser --format=iife --global-name=verifier --outfile="$work/verifier.js" --metafile="$work/verifier.meta"
bundle node_modules/.bin/nexus-attest-verify --platform=node --format=esm --outfile="$work/command.mjs" --metafile="$work/command.meta"
if grep -oE '"[^"]*(@connectrpc|@bufbuild|client/gen/)[^"]*"' "$work"/*.meta; then exit 1; fi

mkdir "$work/examples"
cp "$root"/examples/typescript/*.ts "$work/examples"
cd "$work/examples"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund "$work"/nexus-attest-client-*.tgz @connectrpc/connect-node@2.2.0
"$here/node_modules/.bin/tsc" --noEmit --strict --exactOptionalPropertyTypes --allowImportingTsExtensions --module nodenext --target es2023 \
  --types node --typeRoots "$here/node_modules/@types" ./*.ts
node "$root/clients/harness/run.ts" "$root/clients/harness/examples.sh" "node $work/examples/request-change.ts" "node $work/examples/follow.ts" "node $work/examples/audit.ts"

cd "$here"
status=0
node scenarios/known-packages.ts | tee "$work/known.out" || status=1
node scenarios/known-packages.ts "$work/verifier.js" | tee "$work/bundled.out" || status=1
node scenarios/hostile-inputs.ts | tee "$work/hostile.out" || status=1
node scenarios/mistakes.ts | tee "$work/mistakes.out" || status=1
node scenarios/early-ends.ts | tee "$work/early.out" || status=1
node scenarios/command.ts "$work/page/node_modules/.bin/nexus-attest-verify" | tee "$work/command.out" || status=1

printf 'export * from "@nexus-attest/client";\nexport * from "@nexus-attest/client/web";\n' >"$work/page/browser.js"
(cd "$work/page" && npm install --silent --no-audit --no-fund @connectrpc/connect-web@2.2.0 &&
  "$here/node_modules/.bin/esbuild" browser.js --bundle --platform=browser --format=esm --outfile="$work/bundle.mjs" --log-level=warning)
NEXUS_ATTEST_CLIENT=TypeScript node "$root/clients/harness/run.ts" node scenarios/scenarios.ts node | tee "$work/node.out" || status=1
# A browser has its authorities from its user: so has Node here, which stands in for one.
NEXUS_ATTEST_CLIENT='TypeScript (web)' NEXUS_ATTEST_BUNDLE=$work/bundle.mjs node "$root/clients/harness/run.ts" \
  bash -c 'NODE_EXTRA_CA_CERTS=$NEXUS_ATTEST_CREDENTIALS/ca.pem exec node scenarios/scenarios.ts web' | tee "$work/web.out" || status=1
cat "$work"/{mistakes,known,bundled,hostile,early,command,node,web}.out |
  awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 } END { printf "%d passed, %d failed\n", passed, failed }'
exit $status
