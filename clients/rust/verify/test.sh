#!/usr/bin/env bash
# Checks the verifier's crate and runs its tests, then the command and the program of docs/clients/verify.md as they stand there. Needs Rust with rustfmt and clippy,
# and nothing else. Leaves nothing behind; CARGO_TARGET_DIR keeps what was built for the next time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
page=$root/docs/clients/verify.md
work=$(mktemp -d "${TMPDIR:-/tmp}/nexus-attest-rust-verify.XXXXXX")
trap 'rm -rf "$work"' EXIT
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$work/target} CARGO_TERM_QUIET=true

cd "$here"
cargo fmt --check
cargo clippy --locked --all-targets -- -D warnings
status=0
cargo test --locked --no-fail-fast 2>&1 | tee "$work/tests" || status=$?

# An auditor builds no gRPC.
cargo tree --locked --edges normal --prefix none >"$work/tree"
grep -q '^ed25519-dalek ' "$work/tree"
if grep -E '^(tonic|prost|tokio|hyper)' "$work/tree"; then exit 1; fi

signed=$root/docs/examples/audit-package.signed.json trust=$root/docs/examples/trust-policy.json
grep '^cargo install ' "$page" >"$work/install"
(cd "$root" && CARGO_INSTALL_ROOT=$work/auditor bash -e "$work/install")
"$work/auditor/bin/nexus-attest-verify" "$signed" --trust "$trust" | grep -q '^AUTHENTIC: made by '

mkdir "$work/program"
cd "$work/program"
cargo init --vcs none --name program
cargo add --path "$here"
cp "$here/Cargo.lock" .
awk '/^```rust$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$page" >src/main.rs
cargo build
[[ $("$CARGO_TARGET_DIR/debug/program" "$signed" "$trust") == AUTHENTIC ]]

awk '/^test result: / { passed += $4; failed += $6 } END { printf "%d passed, %d failed\n", passed, failed }' "$work/tests"
exit "$status"
