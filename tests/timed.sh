#!/usr/bin/env bash
# Runs a part of `make test` and adds its seconds to target/minutes.tsv: tests/timed.sh PART COMMAND…
set -euo pipefail
part=$1
shift
begin=$SECONDS
status=0
"$@" || status=$?
mkdir -p target
printf '%s\t%s\n' "$part" $((SECONDS - begin)) >>target/minutes.tsv
exit "$status"
