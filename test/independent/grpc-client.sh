#!/bin/sh
# Runs grpc_client.py, a client in another language that was written from the schema alone, against a server of this checkout.
# Needs Python 3.9 or newer with venv, and a package index to install the pinned libraries from. Leaves nothing behind.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(dirname -- "$(dirname -- "$here")")
work=$(mktemp -d "${TMPDIR:-/tmp}/nexus-attest-grpc-client.XXXXXX")
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

fail() {
  echo "grpc-client.sh: $1" >&2
  shift
  for file; do sed 's/^/  /' "$file" >&2; done
  exit 1
}

python3 -m venv "$work/venv" >"$work/setup.log" 2>&1 || fail "no virtual environment:" "$work/setup.log"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  grpcio==1.76.0 grpcio-tools==1.76.0 protobuf==6.33.6 >"$work/setup.log" 2>&1 || fail "pip failed:" "$work/setup.log"

mkdir "$work/gen" "$work/bin"
(cd "$root" && find proto third_party -name '*.proto' | sed 's:^[^/]*/::' | sort) >"$work/files"
# shellcheck disable=SC2046 # the names of schema files hold no blanks
"$work/venv/bin/python" -m grpc_tools.protoc -I "$root/proto" -I "$root/third_party" \
  --python_out="$work/gen" --grpc_python_out="$work/gen" $(cat "$work/files") >"$work/setup.log" 2>&1 ||
  fail "the schema does not compile:" "$work/setup.log"

# An adapter that really does something: it appends its arguments to a file.
cat >"$work/bin/adapter" <<'ADAPTER'
#!/bin/sh
set -eu
[ "$1" = call ] && [ "$4" = --json-args-file ]
[ "$3" != slow ] || sleep 2
cat "$5" >>done.txt
printf '{"carried_out": "%s"}' "$2/$3"
ADAPTER
chmod +x "$work/bin/adapter"
cat >"$work/config.yaml" <<CONFIG
listen: 127.0.0.1:0
dataDir: $work/data
adapters:
  - id: shell-tool
    kind: subprocess
    capabilities: [apply, dry_run]
    command: ["$work/bin/adapter"]
    cwd: $work
CONFIG

"$root/nexus-attest" serve --config "$work/config.yaml" >"$work/server.out" 2>"$work/server.log" &
server=$!
tries=0
until address=$(sed -n 's|^nexus-attest serves on http://||p' "$work/server.out") && [ -n "$address" ]; do
  kill -0 "$server" 2>/dev/null || fail "the server did not come up:" "$work/server.log"
  tries=$((tries + 1))
  [ "$tries" -lt 300 ] || fail "the server does not say where it serves:" "$work/server.log"
  sleep 0.1
done

PYTHONPATH="$work/gen" "$work/venv/bin/python" "$here/grpc_client.py" "$address" "$work/done.txt"
