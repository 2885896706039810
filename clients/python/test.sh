#!/usr/bin/env bash
# Installs the package as a user would, checks its types, runs the programs of docs/clients/python.md as they stand there, those of examples/python, the scenarios,
# and the router kit with its examples. Needs Python 3.10 or newer with venv. Leaves nothing behind.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/nexus-attest-python.XXXXXX")
trap 'rm -rf "$work"' EXIT
export PATH=$root/node_modules/.bin:$PATH
node "$root/scripts/ready.mjs"
# A Node came with it, and bash would go on with the one from before.
hash -r

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  "$here[router]" grpcio==1.85.3 grpcio-health-checking==1.85.1 cryptography==50.0.2 protobuf==7.36.2 googleapis-common-protos==1.76.0 mypy==2.4.1 types-grpcio==1.85.0.20261028 types-protobuf==7.35.1.20260906
(cd "$here" && "$work/venv/bin/mypy" --cache-dir "$work/mypy")

# The program and the command of docs/clients/verify.md, where there is no gRPC.
python3 -m venv "$work/auditor"
"$work/auditor/bin/pip" install --quiet --disable-pip-version-check --no-deps "$here"
awk '/^```python$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$root/docs/clients/verify.md" >"$work/verify.py"
signed=$root/docs/examples/audit-package.signed.json trust=$root/docs/examples/trust-policy.json
[[ $("$work/auditor/bin/python" "$work/verify.py" "$signed" "$trust") == AUTHENTIC ]]
"$work/auditor/bin/nexus-attest-verify" "$signed" --trust "$trust" | grep -q '^AUTHENTIC: made by '
"$work/auditor/bin/nexus-attest-verify" "$root/docs/examples/audit-package.embedded.json" --trust "$trust" >"$work/consistent" || [[ $? -eq 9 ]]
grep -q '^CONSISTENT: ' "$work/consistent"

! "$work/auditor/bin/python" -c 'import nexus_attest_client.router' 2>"$work/lacking"
grep -qF "pip install 'nexus-attest-client[router]'" "$work/lacking"

awk -v out="$work/page" '/^```python$/ { n++; inside = 1; next } /^```$/ { inside = 0 } inside { print > (out n ".py") }' "$root/docs/clients/python.md"
# The one that serves is tried below.
served=$(grep -l '^from nexus_attest_client.router ' "$work"/page*.py)
mv "$served" "$work/served.py"
cat >"$work/page.sh" <<PAGE
set -e
for program in "$work"/page*.py; do NEXUS_ATTEST_ADAPTER=tool "$work/venv/bin/python" "\$program"; done
PAGE
node "$root/clients/harness/run.ts" bash "$work/page.sh" | tee "$work/page.out"
grep -q '^DECISION_STATE_COMPLETED$' "$work/page.out"
grep -q 'bytes of evidence, sha256:' "$work/page.out"
grep -qE '^[0-9a-f]{32} raise the limit$' "$work/page.out"

python=$work/venv/bin/python examples=$root/examples/python
(cd "$examples" && "$work/venv/bin/mypy" --strict --cache-dir "$work/mypy" .)
export PYTHONDONTWRITEBYTECODE=1
node "$root/clients/harness/run.ts" "$root/clients/harness/examples.sh" "$python $examples/request_change.py" "$python $examples/follow.py" "$python $examples/audit.py"

cd "$work"
"$work/venv/bin/python" -B "$here/tests/client_units.py" | tee "$work/client.out"

# The router kit: by itself, as a router that every router has to be like, and in the examples.
"$work/venv/bin/python" -B "$here/tests/kit_units.py" | tee "$work/units.out"
node "$root/clients/harness/router.ts" "$work/venv/bin/python" -B "$here/tests/kit_router.py" | tee "$work/router.out"
words() { printf '["%s", "-B", "%s"]' "$work/venv/bin/python" "$1"; }
examples=$root/examples/router-python
node "$root/clients/harness/router-examples.ts" "$(words "$examples/wrap_command.py")" "$(words "$examples/gate_terraform.py")" "$(words "$work/served.py")" |
  tee "$work/examples.out"

NEXUS_ATTEST_CLIENT=Python node "$root/clients/harness/run.ts" "$work/venv/bin/python" "$here/tests/scenarios.py" | tee "$work/scenarios.out"
cat "$work"/{client,units,router,examples,scenarios}.out | awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 } END { print passed " passed, " failed " failed" }'
