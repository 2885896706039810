#!/usr/bin/env bash
# Tries the examples of one language, under run.ts: examples.sh REQUEST_CHANGE FOLLOW [AUDIT], each a command.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
request=$1 follow=$2 audit=${3-}
work=$(mktemp -d "${TMPDIR:-/tmp}/nexus-attest-examples.XXXXXX")
running=()
trap '[[ ${#running[@]} -eq 0 ]] || kill "${running[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
export NEXUS_ATTEST_ADAPTER=tool NEXUS_ATTEST_SERVER=$NEXUS_ATTEST_ADDRESS

# Waits until a line stands in a file.
line() {
  for _ in $(seq 300); do
    grep -E -m 1 "$2" "$1" 2>/dev/null && return
    sleep 0.1
  done
  echo "$1 has no line $2:" >&2
  cat "$1" >&2
  return 1
}

touch followed again
$follow cursor >followed &
running+=($!)
$request OPS-1 >requested &
requesting=$!
running+=("$requesting")
waits=$(line requested '^[0-9a-f]{32} waits for an approval$')
id=${waits%% *}
"$root/nexus-attest" approve "$id" --as human:ann >/dev/null
wait "$requesting"
line requested "^$id (DECISION_STATE_)?COMPLETED $id.audit.json$"
"$root/nexus-attest" verify "$id.audit.json" >/dev/null
line followed "^$id (DECISION_STATE_)?COMPLETED raise the limit, as OPS-1 asks$"

# Once more: the same decision, and nothing is done again.
$request OPS-1 | grep -E "^$id (DECISION_STATE_)?COMPLETED "

# Follow goes on behind what it has printed.
kill "${running[0]}"
wait "${running[0]}" || true
running=()
$follow cursor >again &
running+=($!)
"$root/nexus-attest" request --goal 'the next one' --apply --adapter tool --min-approvals 1 --as human:you >/dev/null
line again ' the next one$'
if grep "$id" again; then exit 1; fi

if [[ -n $audit ]]; then $audit | grep -E "^$id (AUTHENTIC|CONSISTENT)$"; fi
