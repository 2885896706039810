#!/usr/bin/env bash
# Vets the module, tests its verifier, runs the programs of docs/clients/go.md as they stand there, in modules of their own, those of examples/go, the scenarios,
# and the router kit with its examples. Needs Go, and Python for the stand-in of terraform. Leaves nothing behind.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/nexus-attest-go.XXXXXX")
trap 'rm -rf "$work"' EXIT
export PATH=$root/node_modules/.bin:$PATH
node "$root/scripts/ready.mjs"
# A Node came with it, and bash would go on with the one from before.
hash -r

cd "$here"
[[ -z $(gofmt -l .) ]]
go vet ./...
go test . ./verify ./cmd/...
go build -o "$work/scenarios" ./scenarios

mkdir -p "$work/page/page1" "$work/page/page2"
awk -v out="$work/page/page" '/^```go$/ { n++; inside = 1; next } /^```$/ { inside = 0 } inside { print > (out n "/main.go") }' "$root/docs/clients/go.md"
cd "$work/page"
go mod init example.com/page 2>/dev/null
go mod edit -replace "github.com/nexus-attest/nexus-attest/clients/go=$here" -replace "github.com/nexus-attest/nexus-attest/gen/go=$root/gen/go"
go mod tidy 2>/dev/null
mkdir "$work/page/built"
go build -o "$work/page/built/" ./...
NEXUS_ATTEST_ADAPTER=tool node "$root/clients/harness/run.ts" "$work/page/built/page1" | tee "$work/page.out"
grep -q '^DECISION_STATE_COMPLETED$' "$work/page.out"
grep -q 'bytes of evidence, sha256:' "$work/page.out"

# The program and the command of docs/clients/verify.md, in a module without gRPC.
mkdir "$work/verify" && cd "$work/verify"
awk '/^```go$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$root/docs/clients/verify.md" >main.go
go mod init example.com/verify 2>/dev/null
go mod edit -require github.com/nexus-attest/nexus-attest/clients/go@v0.0.0 -replace "github.com/nexus-attest/nexus-attest/clients/go=$here" \
  -replace "github.com/nexus-attest/nexus-attest/gen/go=$root/gen/go"
go mod tidy 2>/dev/null
go build -o verify .
[[ $(./verify "$root/docs/examples/audit-package.signed.json" "$root/docs/examples/trust-policy.json") == AUTHENTIC ]]
if go version -m verify | grep google.golang.org/grpc; then exit 1; fi

cd "$root/examples/go"
[[ -z $(gofmt -l .) ]]
go vet ./...
mkdir "$work/examples"
go build -o "$work/examples/" ./request-change ./follow ./audit
node "$root/clients/harness/run.ts" "$root/clients/harness/examples.sh" "$work/examples/request-change" "$work/examples/follow" "$work/examples/audit"

# The router kit: by itself, as a router that every router has to be like, and in the examples.
cd "$here"
go test -v ./router >"$work/kit.out" || { cat "$work/kit.out"; exit 1; }
echo "$(grep -c '^--- PASS' "$work/kit.out") passed, 0 failed" | tee "$work/units.out"
go build -o "$work/testrouter" ./testrouter
node "$root/clients/harness/router.ts" "$work/testrouter" | tee "$work/router.out"
cd "$root/examples/router-go"
[[ -z $(gofmt -l .) ]]
go vet ./...
mkdir "$work/routers"
go build -o "$work/routers/" ./...
node "$root/clients/harness/router-examples.ts" "[\"$work/routers/wrapcommand\"]" "[\"$work/routers/gateterraform\"]" "[\"$work/page/built/page2\"]" |
  tee "$work/examples.out"

NEXUS_ATTEST_CLIENT=Go node "$root/clients/harness/run.ts" "$work/scenarios" | tee "$work/scenarios.out"
cat "$work"/{units,router,examples,scenarios}.out | awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 } END { print passed " passed, " failed " failed" }'
