#!/usr/bin/env bash
# Checks the crate, runs the program of docs/clients/rust.md as it stands there, in a package of its own, those of examples/rust, and the scenarios; before all that
# the verifier's crate, by its own test. Needs Rust with rustfmt and clippy.
# Leaves nothing behind; CARGO_TARGET_DIR keeps what was built for the next time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/nexus-attest-rust.XXXXXX")
trap 'rm -rf "$work"' EXIT
export PATH=$root/node_modules/.bin:$PATH CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$work/target} CARGO_TERM_QUIET=true
node "$root/scripts/ready.mjs"
# A Node came with it, and bash would go on with the one from before.
hash -r

"$here/verify/test.sh" | tee "$work/verify.out"

cd "$here"
cargo fmt --check
cargo clippy --locked --all-targets -- -D warnings
cargo test --locked --lib
cargo build --locked --examples
# What is generated lies outside the crate, behind a link: a package has to hold it all the same.
cargo package --list --allow-dirty | grep -cxE 'src/generated/nexus.attest.v1.tonic.rs|README.md|LICENSE' | grep -x 3 >/dev/null

mkdir "$work/page"
cd "$work/page"
cargo init --vcs none --name page
cargo add --path "$here"
cargo add tokio --features macros,rt-multi-thread
cp "$here/Cargo.lock" .
awk '/^```rust$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$root/docs/clients/rust.md" >src/main.rs
cargo clippy -- -D warnings
cargo build
NEXUS_ATTEST_ADAPTER=tool node "$root/clients/harness/run.ts" "$CARGO_TARGET_DIR/debug/page" | tee "$work/page.out"
grep -q '^GATE_CLOSED ' "$work/page.out"
grep -q '^DECISION_STATE_COMPLETED$' "$work/page.out"
grep -q 'bytes of evidence, sha256:' "$work/page.out"

examples=$CARGO_TARGET_DIR/debug/examples
node "$root/clients/harness/run.ts" "$root/clients/harness/examples.sh" "$examples/request_change" "$examples/follow"

status=0
NEXUS_ATTEST_CLIENT=Rust node "$root/clients/harness/run.ts" "$CARGO_TARGET_DIR/debug/examples/scenarios" | tee "$work/scenarios.out" || status=$?
awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 } END { printf "with the verifier:\n%d passed, %d failed\n", passed, failed }' \
  "$work/verify.out" "$work/scenarios.out"
exit "$status"
