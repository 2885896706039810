#!/usr/bin/env bash
# Tests the verifier, which stands by itself. Then compiles the package with every warning an error, runs the program of docs/clients/java.md as it stands there, against
# the packaged client, those of examples/java, and the scenarios.
# Needs Java 17 or newer and Maven. Leaves nothing behind but what Maven keeps.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/nexus-attest-java.XXXXXX")
trap 'rm -rf "$work" "$here/target"' EXIT
export PATH=$root/node_modules/.bin:$PATH
node "$root/scripts/ready.mjs"
# A Node came with it, and bash would go on with the one from before.
hash -r

"$here/verify/test.sh" | tee "$work/verify.out"

cd "$here"
rm -rf target
mvn --quiet --batch-mode package dependency:build-classpath "-Dmdep.outputFile=$work/libraries"
client=("$here"/target/nexus-attest-client-*[0-9].jar)
libraries=$(<"$work/libraries")

# What the page says to depend on is what is packaged here.
page=$root/docs/clients/java.md
awk '/^```xml$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$page" | grep -E 'groupId|artifactId|version' | tr -d ' ' >"$work/wanted"
grep -m 3 -E '<(groupId|artifactId|version)>' pom.xml | tr -d ' ' | diff "$work/wanted" -

mkdir "$work/page"
awk '/^```java$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$page" >"$work/page/RaiseTheLimit.java"
javac -proc:none -Xlint:all -Werror --release 17 -cp "$client:$libraries" -d "$work/page" "$work/page/RaiseTheLimit.java"
NEXUS_ATTEST_ADAPTER=tool node "$root/clients/harness/run.ts" java -cp "$work/page:$client:$libraries" RaiseTheLimit | tee "$work/page.out"
grep -q '^GATE_CLOSED ' "$work/page.out"
grep -q '^DECISION_STATE_COMPLETED$' "$work/page.out"
grep -q 'bytes of evidence, sha256:' "$work/page.out"

mkdir "$work/examples"
javac -proc:none -Xlint:all -Werror --release 17 -cp "$client:$libraries" -d "$work/examples" "$root"/examples/java/*.java
run="java -cp $work/examples:$client:$libraries"
node "$root/clients/harness/run.ts" "$root/clients/harness/examples.sh" "$run RequestChange" "$run Follow"

status=0
NEXUS_ATTEST_CLIENT=Java node "$root/clients/harness/run.ts" java -cp "$here/target/test-classes:$client:$libraries" io.nexusattest.scenarios.Main "$@" | tee "$work/scenarios.out" || status=$?
tail -qn 1 "$work/verify.out" "$work/scenarios.out" | awk '{ passed += $1; failed += $3 } END { print passed " passed, " failed " failed" }'
exit "$status"
