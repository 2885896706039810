#!/bin/sh
# Makes the certificate authority of the store and one certificate for its three nodes, once. The authority's key stays in a volume that nothing else mounts.
# It can be repeated, and killed at any point: the node's key is put in its place last.
set -eu
if [ ! -e /ca/authority/ca.key ]; then
  rm -rf /ca/authority /ca/new
  es-gencert-cli create-ca -out /ca/new
  mv /ca/new /ca/authority
fi
rm -rf /trust/new
cp /ca/authority/ca.crt /trust/new
chmod 0444 /trust/new
mv -f /trust/new /trust/ca.crt
if [ ! -e /certificate/node.key ]; then
  rm -rf /certificate/new
  es-gencert-cli create-node -ca-certificate /ca/authority/ca.crt -ca-key /ca/authority/ca.key -out /certificate/new \
    -dns-names store-1,store-2,store-3,localhost
  chmod 0444 /certificate/new/node.crt
  # 1000 is the user of EventStoreDB's image.
  chmod 0400 /certificate/new/node.key
  chown 1000:1000 /certificate/new/node.key
  mv -f /certificate/new/node.crt /certificate/node.crt
  mv /certificate/new/node.key /certificate/node.key
  rmdir /certificate/new
fi
chmod 0755 /trust /certificate
