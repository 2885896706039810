#!/bin/sh
# Makes the passwords that compose.yaml reads, once, in deploy/secrets/. What is there is never replaced: the store would not learn the new ones.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir secrets

random() {
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

# The directory keeps everybody else on this machine out; inside a container the file has to be readable by a user who is not its owner here.
put() {
  printf '%s' "$2" > "secrets/$1"
  chmod 0444 "secrets/$1"
}

attest=$(random)
put admin-password "$(random)"
put ops-password "$(random)"
put attest-password "$attest"
put store-connection "esdb://attest:$attest@store-1:2113,store-2:2113,store-3:2113?tlsCAFile=/trust/ca.crt"
