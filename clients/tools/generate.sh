#!/usr/bin/env bash
# Generates the code of the clients in other languages from the schema. Installs the generators, pinned, into .tools/ at first; works without a network after that.
#
#   clients/tools/generate.sh           all languages
#   clients/tools/generate.sh --check   generates elsewhere and fails if what is committed differs
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH=$PWD/node_modules/.bin:$PATH
node scripts/ready.mjs
# A Node came with it, and bash would go on with the one from before.
hash -r

PROTOC=36.2.0
GRPCIO_TOOLS=1.76.0
PYTHON_PROTOBUF=6.33.6
MYPY_PROTOBUF=5.1.0
GEN_GO=1.36.12
GEN_GO_GRPC=1.6.2
GEN_GRPC_JAVA=1.82.2
GEN_PROST=0.5.0
GEN_TONIC=0.5.0

tools=$PWD/.tools
stamp="$PROTOC $GRPCIO_TOOLS $PYTHON_PROTOBUF $MYPY_PROTOBUF $GEN_GO $GEN_GO_GRPC $GEN_GRPC_JAVA $GEN_PROST $GEN_TONIC"

install_generators() {
  rm -rf "$tools"
  mkdir -p "$tools/bin"
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tools/node" "protoc@$PROTOC"
  local platform
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) platform=linux-x86_64 ;;
    Linux-aarch64) platform=linux-aarch_64 ;;
    Darwin-x86_64) platform=osx-x86_64 ;;
    Darwin-arm64) platform=osx-aarch_64 ;;
    *) echo "there is no protoc for this machine: $(uname -sm)" >&2 && return 1 ;;
  esac
  install -m 755 "$tools/node/node_modules/protoc/bin/protoc-$platform" "$tools/bin/protoc"
  python3 -m venv "$tools/python"
  "$tools/python/bin/pip" install --quiet "grpcio-tools==$GRPCIO_TOOLS" "protobuf==$PYTHON_PROTOBUF" "mypy-protobuf==$MYPY_PROTOBUF"
  GOBIN=$tools/bin go install "google.golang.org/protobuf/cmd/protoc-gen-go@v$GEN_GO"
  GOBIN=$tools/bin go install "google.golang.org/grpc/cmd/protoc-gen-go-grpc@v$GEN_GO_GRPC"
  mvn --quiet --batch-mode org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    "-Dartifact=io.grpc:protoc-gen-grpc-java:$GEN_GRPC_JAVA:exe:$platform" "-DoutputDirectory=$tools/java"
  install -m 755 "$tools/java/protoc-gen-grpc-java-$GEN_GRPC_JAVA-$platform.exe" "$tools/bin/protoc-gen-grpc-java"
  cargo install --quiet --locked --root "$tools" "protoc-gen-prost@$GEN_PROST" "protoc-gen-tonic@$GEN_TONIC"
  printf '%s' "$stamp" >"$tools/stamp"
}

[[ -f $tools/stamp && $(<"$tools/stamp") == "$stamp" ]] || install_generators

generate() {
  local template
  for template in clients/tools/buf.gen.yaml clients/tools/buf.gen.typescript.yaml; do
    buf generate --template "$template" "$@"
  done
}

# Only what is generated: beside it lie the files that make a package of it.
generated=(gen/python/nexus gen/go/nexus gen/java/io gen/rust/nexus gen/typescript)

if [[ ${1-} != --check ]]; then
  rm -rf "${generated[@]}"
  generate
  exit
fi
fresh=$(mktemp -d "${TMPDIR:-/tmp}/nexus-attest-generated.XXXXXX")
trap 'rm -rf "$fresh"' EXIT
generate --output "$fresh"
status=0
for each in "${generated[@]}"; do
  diff -r "$fresh/$each" "$each" || status=1
done
[[ $status -eq 0 ]] || echo 'generated code differs from what is committed: run clients/tools/generate.sh' >&2
exit $status
