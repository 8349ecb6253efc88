#!/usr/bin/env bash
# Runs a command if a program is installed. Otherwise says that the command is left out:
# tests/if-installed.sh PROGRAM COMMAND…
# In CI nothing is left out.
set -euo pipefail
program=$1
shift
if [ -n "${CI:-}" ] || command -v "$program" >/dev/null; then
    exec "$@"
fi
echo "left out, since $program is not installed: $*"
