#!/usr/bin/env bash
# Builds the verifier with every warning an error, runs the program and the command of docs/clients/verify.md as they stand there, against what is packaged, and the
# tests, in the memory that the page says is enough. Needs Java 17 or newer and Maven. Leaves nothing behind but what Maven keeps.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/nexus-attest-java-verify.XXXXXX")
trap 'rm -rf "$work" "$here/target"' EXIT

rm -rf "$here/target"
page=$root/docs/clients/verify.md
build=$(grep -x 'mvn .*clients/java/verify/pom\.xml package' "$page")
# shellcheck disable=SC2086 # The page's words, one by one.
(cd "$root" && $build --quiet --batch-mode)
archive=$here/$(grep -o 'target/nexus-attest-verify-[0-9.]*\.jar' "$page" | head -n 1)
! jar --list --file "$archive" | grep -vE '^(META-INF/|io/nexusattest/verify/|io/$|io/nexusattest/$)'

signed=$root/docs/examples/audit-package.signed.json trust=$root/docs/examples/trust-policy.json
java -jar "$archive" "$signed" --trust "$trust" | grep -q '^AUTHENTIC: made by '
java -jar "$archive" "$root/docs/examples/audit-package.embedded.json" --trust "$trust" >"$work/consistent" || [[ $? -eq 9 ]]
grep -q '^CONSISTENT: ' "$work/consistent"

awk '/^```java$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$page" >"$work/Verify.java"
javac -proc:none -Xlint:all -Werror --release 17 -cp "$archive" -d "$work" "$work/Verify.java"
[[ $(java -cp "$work:$archive" Verify "$signed" "$trust") == AUTHENTIC ]]

java -Xmx1g -cp "$archive:$here/target/test-classes" io.nexusattest.verify.Tests "$root"
