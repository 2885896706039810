#!/bin/sh
# Compares the verifiers of audit packages, the product's and those of the clients, which were written from docs/audit-package.md and docs/signatures.md
# alone: on a package of a server of this checkout, on the page's examples, and on thousands of forged ones, signed and not. Needs Python 3.10 or newer; the one in
# Go takes part where there is Go, those in Rust and Java where clients/verifiers-table --build has built them. Leaves nothing behind but what the clients' builds keep.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/own-server.sh"

mkdir "$work/packages"
# An adapter that answers with what it was asked.
own_server <<'ADAPTER'
#!/bin/sh
set -eu
[ "$1" = call ] && [ "$4" = --json-args-file ]
printf '{"carried_out": "%s"}' "$2/$3"
ADAPTER

cat >"$work/plan.json" <<'PLAN'
{"steps": [{"stepId": "one", "intent": "the first — of two", "call": {"tool": "files", "method": "write", "argumentsJson": "{\"path\": \"a\"}"}},
           {"stepId": "two", "call": {"tool": "files", "method": "list"}}]}
PLAN

as() {
  actor=$1
  shift
  "$root/nexus-attest" --server "$address" --as "$actor" --json "$@" >"$work/answer" 2>"$work/error" ||
    fail "$actor could not: $*" "$work/answer" "$work/error"
}

as human:alice@example.com template create production --match-label env=production --description "whatever customers see" --allow-mode apply \
  --allow-mode dry-run --min-approvals 1 --require-group security=1 --humans-only --max-approval-lifetime 24h --policy-label owner=platform
as human:bob@example.com request --goal "raise the limit “now”" --apply --plan "$work/plan.json" --adapter shell-tool --label env=production \
  --match-template --min-approvals 2 --require-comment --max-approval-lifetime 8h --max-steps 5
id=$(sed -n 's/.*"decisionId": *"\([0-9a-f]\{32\}\)".*/\1/p' "$work/answer" | head -n 1)
[ -n "$id" ] || fail "the answer names no decision:" "$work/answer"
as human:carol@example.com --groups security approve "$id" --comment "looks right"
as human:dave@example.com --groups security approve "$id" --comment "wait"
as human:dave@example.com revoke "$id"
as human:erin@example.com approve "$id" --comment "go"
as human:bob@example.com execute "$id" --wait 60s
as human:bob@example.com export "$id" --out "$work/embedded.json"
as human:bob@example.com export "$id" --mode reference --out "$work/reference.json"

"$root/nexus-attest" keys export --config "$work/config.yaml" --name "the server" >"$work/trust.json" || fail "no trust policy"

without=
command -v go >/dev/null || without=Go
"$root/clients/verifiers-table" --build --without "$without" --if-built Rust,Java --programs >"$work/programs.json" || fail "not every verifier can be built"

PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$root/clients/python/src python3 "$here/compare_verifiers.py" "$root" "$work/packages" "$work/programs.json" "$work/trust.json" "$work/embedded.json" "$work/reference.json"
