#!/bin/sh
# Starts a node of the store. EventStoreDB takes the first passwords of its own users from the environment only; they come from files all the same.
set -eu
EVENTSTORE_DEFAULT_ADMIN_PASSWORD=$(cat /run/secrets/admin-password)
EVENTSTORE_DEFAULT_OPS_PASSWORD=$(cat /run/secrets/ops-password)
export EVENTSTORE_DEFAULT_ADMIN_PASSWORD EVENTSTORE_DEFAULT_OPS_PASSWORD
# The program's name depends on the version.
for program in /opt/eventstore/eventstored /opt/eventstore/EventStore.ClusterNode; do
  [ ! -x "$program" ] || exec "$program"
done
echo "store.sh: there is no EventStoreDB in this image" >&2
exit 1
