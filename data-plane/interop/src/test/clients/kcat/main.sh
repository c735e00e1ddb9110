#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kcat: what it can do of what every client here does (see ../README.md), told in lines "what: outcome".
set -euo pipefail
servers=$1 topic=$2-records group=$2-group

tell() { echo "$1: $2"; }

lines() { seq "$1" "$2" | sed 's/.*/k&=v&/'; }

# It cannot create topics: this one is there, and has one partition.
for codec in none gzip snappy lz4 zstd; do
  lines 1 20 | kcat -b "$servers" -P -t "$topic" -K = -H "codec=$codec" -z "$codec" -X enable.idempotence=true
done
tell "produced" 100
tell "ends" "$(kcat -b "$servers" -Q -t "$topic:0:-1")"
tell "partitions" "$(kcat -b "$servers" -L -t "$topic" | grep -c 'partition 0, leader')"
tell "read from the middle" "$(kcat -b "$servers" -C -t "$topic" -p 0 -o 50 -e -q | wc -l)"
tell "first record" "$(kcat -b "$servers" -C -t "$topic" -p 0 -o beginning -c 1 -q -f '%k=%s %h')"
tell "read in a group" "$(kcat -b "$servers" -G "$group" -X auto.offset.reset=earliest -c 100 -q "$topic" | wc -l)"
lines 1 7 | kcat -b "$servers" -P -t "$topic" -K =
tell "read by the next member" "$(kcat -b "$servers" -G "$group" -X auto.offset.reset=earliest -c 7 -q "$topic" | wc -l)"
tell "a topic that is not there" "$(kcat -b "$servers" -C -t "$2-nothing" -X allow.auto.create.topics=false -e -q 2>&1 | grep -o 'Unknown topic or partition' | head -1)"
