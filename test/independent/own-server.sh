# Sourced by the scripts beside it: a directory of their own in $work, removed in the end, and a server of this checkout at $address (http://host:port) once
# own_server has been called. Sets $root, the checkout, from $here, this directory.
root=$(dirname -- "$(dirname -- "$here")")
work=$(mktemp -d "${TMPDIR:-/tmp}/nexus-attest-independent.XXXXXX")
server=''

tidy() {
  status=$?
  trap - EXIT INT TERM
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap tidy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Says what went wrong, with the files that tell more, and ends.
fail() {
  echo "${0##*/}: $1" >&2
  shift
  for file; do sed 's/^/  /' "$file" >&2; done
  exit 1
}

# Starts the server with one adapter, shell-tool: the program on standard input, which works in $work.
own_server() {
  cat >"$work/adapter"
  chmod +x "$work/adapter"
  cat >"$work/config.yaml" <<CONFIG
listen: 127.0.0.1:0
dataDir: $work/data
adapters:
  - id: shell-tool
    kind: subprocess
    capabilities: [apply, dry_run]
    command: ["$work/adapter"]
    cwd: $work
CONFIG
  : >"$work/server.out"
  "$root/nexus-attest" serve --config "$work/config.yaml" >"$work/server.out" 2>"$work/server.log" &
  server=$!
  tries=0
  until address=$(sed -n 's|^nexus-attest serves on ||p' "$work/server.out") && [ -n "$address" ]; do
    kill -0 "$server" 2>/dev/null || fail "the server did not come up:" "$work/server.log"
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || fail "the server does not say where it serves:" "$work/server.log"
    sleep 0.1
  done
}
