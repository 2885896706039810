#!/bin/sh
# Runs grpc_client.py, a client in another language that was written from the schema alone, against a server of this checkout.
# Needs Python 3.9 or newer with venv, and a package index to install the pinned libraries from. Leaves nothing behind.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/own-server.sh"

python3 -m venv "$work/venv" >"$work/setup.log" 2>&1 || fail "no virtual environment:" "$work/setup.log"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  grpcio==1.76.0 grpcio-tools==1.76.0 protobuf==6.33.6 >"$work/setup.log" 2>&1 || fail "pip failed:" "$work/setup.log"

mkdir "$work/gen"
(cd "$root" && find proto third_party -name '*.proto' | sed 's:^[^/]*/::' | sort) >"$work/files"
# shellcheck disable=SC2046 # the names of schema files hold no blanks
"$work/venv/bin/python" -m grpc_tools.protoc -I "$root/proto" -I "$root/third_party" \
  --python_out="$work/gen" --grpc_python_out="$work/gen" $(cat "$work/files") >"$work/setup.log" 2>&1 ||
  fail "the schema does not compile:" "$work/setup.log"

# An adapter that really does something: it appends its arguments to a file.
own_server <<'ADAPTER'
#!/bin/sh
set -eu
[ "$1" = call ] && [ "$4" = --json-args-file ]
[ "$3" != slow ] || sleep 2
cat "$5" >>done.txt
printf '{"carried_out": "%s"}' "$2/$3"
ADAPTER

PYTHONPATH="$work/gen" "$work/venv/bin/python" "$here/grpc_client.py" "${address#http://}" "$work/done.txt"
