#!/usr/bin/env bash
# Builds the load programs for the peers: build.sh DIRECTORY. Needs Go and the clients' sources as Debian packages them
# (golang-go golang-etcd-server-dev golang-github-samuel-go-zookeeper-dev). `compare` runs it by itself.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(mkdir -p "$1" && cd "$1" && pwd)
export GO111MODULE=off GOPATH=${GOPATH:-/usr/share/gocode} GOCACHE=${GOCACHE:-$out/go-cache} GOFLAGS=
for peer in etcd zookeeper; do
  (cd "$here/$peer" && go build -o "$out/load-$peer" .)
done
