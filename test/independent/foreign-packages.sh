#!/bin/sh
# Checks what the command line writes for nexus-attest (Python) with foreign_package_checker.py, which was written from docs/nexus-attest-python.md alone, and
# compares that checker with our reader on thousands of changed files. Needs Python 3.9 or newer. Leaves nothing behind.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/own-server.sh"

mkdir "$work/files"
own_server <<'ADAPTER'
#!/bin/sh
set -eu
[ "$1" = call ] && [ "$4" = --json-args-file ]
[ "$3" != fail ]
printf '{"carried_out": "%s"}' "$2/$3"
ADAPTER

as() {
  actor=$1
  shift
  "$root/nexus-attest" --server "$address" --as "$actor" --json "$@" >"$work/answer" 2>"$work/error" ||
    fail "$actor could not: $*" "$work/answer" "$work/error"
}

# Takes a decision with one step of a method as far as it goes; a run that fails is no mistake here.
decision() {
  printf '{"steps": [{"stepId": "one", "intent": "the first — of one", "call": {"tool": "files", "method": "%s", "argumentsJson": "{\\"path\\": \\"a\\"}"}}]}' \
    "$1" >"$work/plan.json"
  as human:bob@example.com request --goal "raise the limit “now”" --apply --plan "$work/plan.json" --adapter shell-tool --label env=production \
    --min-approvals 2 --require-group security=1 --humans-only --require-comment --max-approval-lifetime 8h --max-steps 5
  id=$(sed -n 's/.*"decisionId": *"\([0-9a-f]\{32\}\)".*/\1/p' "$work/answer" | head -n 1)
  [ -n "$id" ] || fail "the answer names no decision:" "$work/answer"
  as human:carol@example.com --groups security approve "$id" --comment "looks right"
  as human:dave@example.com approve "$id" --comment "wait"
  as human:dave@example.com revoke "$id"
  as human:bob@example.com export "$id" --format nexus-attest-0.5 --accept-losses --out "$work/$1.open.json"
  as human:erin@example.com approve "$id" --comment "go"
  "$root/nexus-attest" --server "$address" --as human:bob@example.com execute "$id" --wait 60s >"$work/answer" 2>"$work/error" || [ $? -eq 8 ] ||
    fail "the decision was not executed:" "$work/answer" "$work/error"
  as human:bob@example.com export "$id" --format nexus-attest-0.5 --out "$work/$1.bundle.json"
  as human:bob@example.com export "$id" --format nexus-attest-0.6 --out "$work/$1.embedded.json"
  as human:bob@example.com export "$id" --format nexus-attest-0.6 --mode reference --out "$work/$1.reference.json"
}

decision write
decision fail
as human:bob@example.com convert "$root/docs/examples/audit-package.embedded.json" --format nexus-attest-0.6 --out "$work/example.package.json"
as human:bob@example.com convert "$root/docs/examples/audit-package.reference.json" --format nexus-attest-0.5 --out "$work/example.bundle.json"

PYTHONDONTWRITEBYTECODE=1 python3 "$here/compare_foreign_readers.py" "$root" "$work/files" "$work"/*.open.json "$work"/*.bundle.json "$work"/*.embedded.json \
  "$work"/*.reference.json "$work/example.package.json"
