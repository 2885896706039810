#!/bin/sh
# Makes the store's user "attest" and says who may do what. It can be repeated: it changes nothing that is as it should be.
# Read and write belong to attest; deleting a stream and changing its metadata, which can cut it, to administrators only.
set -eu
store=${STORE:-https://store-1:2113}
secrets=${SECRETS:-/run/secrets}
trust=${TRUST:-/trust/ca.crt}
body=$(mktemp)
trap 'rm -f "$body"' EXIT

# call METHOD PATH [HEADER...]: sends $body as an administrator and prints the status. Nothing secret is an argument of a program.
call() {
  method=$1 path=$2
  shift 2
  for header; do set -- "$@" --header "$header"; shift; done
  printf 'user = "admin:%s"\n' "$(cat "$secrets/admin-password")" |
    curl --config - --silent --output /dev/null --write-out '%{http_code}' --max-time 10 --cacert "$trust" \
      --request "$method" --data-binary "@$body" "$@" "$store$path" || true
}

# until_done WHAT METHOD PATH [HEADER...]: while the nodes elect a leader, writes are refused.
until_done() {
  what=$1
  shift
  tries=60
  while status=$(call "$@"); do
    case $status in
      2*) echo "$what: done"; return ;;
      401) echo "$what: the store does not know this administrator's password" >&2; exit 1 ;;
    esac
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "$what: HTTP status $status" >&2; exit 1; }
    sleep 2
  done
}

if [ "$(call GET /users/attest)" != 200 ]; then
  printf '{"loginName":"attest","fullName":"Nexus Attest","groups":[],"password":"%s"}' \
    "$(cat "$secrets/attest-password")" > "$body"
  until_done 'the user attest' POST /users/ 'content-type: application/json'
fi

# The ids are always the same, so that the store takes a repetition for what it is.
cat > "$body" << 'JSON'
[{
  "eventId": "5a1f2a52-98a0-4ab7-8a37-0c1f4c0f5a01",
  "eventType": "update-default-acl",
  "data": {
    "$userStreamAcl": { "$r": ["attest", "$admins"], "$w": ["attest", "$admins"], "$d": "$admins", "$mr": ["attest", "$admins"], "$mw": "$admins" },
    "$systemStreamAcl": { "$r": "$admins", "$w": "$admins", "$d": "$admins", "$mr": "$admins", "$mw": "$admins" }
  }
}]
JSON
until_done 'the access to streams' POST /streams/%24settings 'content-type: application/vnd.eventstore.events+json'

cat > "$body" << 'JSON'
[{
  "eventId": "5a1f2a52-98a0-4ab7-8a37-0c1f4c0f5a02",
  "eventType": "$metadata",
  "data": { "$acl": { "$r": ["attest", "$admins"] } }
}]
JSON
until_done 'reading $all' POST /streams/%24all/metadata 'content-type: application/vnd.eventstore.events+json'
