#!/usr/bin/env bash
# tests/if-installed.sh PROGRAM COMMAND… runs the command if the program is installed. If the
# program is missing, prints that the command is left out. In CI the command always runs.
set -euo pipefail
program=$1
shift
if [ -n "${CI:-}" ] || command -v "$program" >/dev/null; then
    exec "$@"
fi
echo "left out, since $program is not installed: $*"
